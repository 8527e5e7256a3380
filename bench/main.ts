import { benchHeavy } from './bench-heavy.ts';
import { benchLanes } from './bench-lanes.ts';
import { benchLine } from './bench-line.ts';
import { benchMap } from './bench-map.ts';

const BENCHES: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = {
  line: benchLine,
  map: benchMap,
  heavy: benchHeavy,
  lanes: benchLanes,
};

const [first = ''] = process.argv.slice(2);
const isNamed = !first.startsWith('-') && first !== '';
const bench = BENCHES[isNamed ? first : 'line'];
if (bench === undefined) {
  process.stderr.write(`npm run bench -- NAME, one of: ${Object.keys(BENCHES).join(', ')}\n`);
  process.exitCode = 2;
} else await bench(process.argv.slice(isNamed ? 3 : 2));
