import { benchHeavy } from './heavy.ts';
import { benchLanes } from './lanes.ts';
import { benchMap } from './map.ts';

const BENCHES: Readonly<Record<string, () => Promise<void>>> = {
  map: benchMap,
  heavy: benchHeavy,
  lanes: benchLanes,
};

const [name = ''] = process.argv.slice(2);
const bench = BENCHES[name];
if (bench === undefined) {
  process.stderr.write(`npm run bench -- NAME, one of: ${Object.keys(BENCHES).join(', ')}\n`);
  process.exitCode = 2;
} else await bench();
