import { benchHeavy } from './bench-heavy.ts';
import { benchLanes } from './bench-lanes.ts';
import { benchLine } from './bench-line.ts';
import { benchLong } from './bench-long.ts';
import { benchMap } from './bench-map.ts';

const BENCHES: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = {
  line: benchLine,
  map: benchMap,
  heavy: benchHeavy,
  lanes: benchLanes,
  long: benchLong,
};

const [first = ''] = process.argv.slice(2);
const isNamed = !first.startsWith('-') && first !== '';
// how many records a single load shall have is the question of the long one
const bench = BENCHES[isNamed ? first : first.startsWith('--records') ? 'long' : 'line'];
if (bench === undefined) {
  process.stderr.write(`npm run bench -- NAME, one of: ${Object.keys(BENCHES).join(', ')}\n`);
  process.exitCode = 2;
} else await bench(process.argv.slice(isNamed ? 3 : 2));
