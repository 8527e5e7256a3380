import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';

export type DemoSettings = {
  /** Number of records that the ThreatConnect stand-in generates. */
  records: number;
  /** Absolute path of raw indicators as NDJSON, which replace the generated ones. */
  data: string | null;
  /** Number of records that are changed, and that are added, after each page; 0: the source does not change. */
  changes: number;
  /** A real Elasticsearch node in place of the stand-in. */
  core: boolean;
  /** The source changes all the time, requests fail, and the worker is killed. */
  chaos: boolean;
  /** Assets in Elasticsearch are broken and reconciled. */
  drift: boolean;
  /** Of everything that is random. */
  seed: number;
};

/** Fewer would be read before everything has happened that `--chaos` shows. */
const CHAOS_RECORDS_MIN = 200;

const HELP = `npm run demo [-- options]

Starts a Temporal dev server, a ThreatConnect and an Elasticsearch stand-in and a worker, copies every
indicator while some of them change, and compares ids and versions with the source's own list.

  --records N   number of generated records (default 10000)
  --data FILE   raw indicators as NDJSON instead of generated ones
  --changes N   records changed, and added, after each page (default 5; 0 with --data)
  --core        a real Elasticsearch node instead of the stand-in; needs a JDK 17 and Maven
  --chaos       shows only that nothing is lost: the source changes all the time (--changes: twice a second),
                requests to both systems fail, and the worker is killed three times
  --drift       shows only that assets in Elasticsearch are corrected: breaks five of them and reconciles
  --seed N      seed of the faults and changes of --chaos (default: a random one, which is printed)
  --help

To use a real system in place of a stand-in, set TC_URL, ES_URL or TEMPORAL_ADDRESS, and its other TC_, ES_ or
TEMPORAL_ variables. On a real cluster the demo uses the namespace "demo" and cleans up at the end.
`;

/** @returns the settings, or a text to print instead of running */
export function parseDemoArguments(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  resolve: (file: string) => string,
  anySeed: number = randomInt(1_000_000),
): DemoSettings | { help: string } | { fault: string } {
  let values: Partial<
    Record<'records' | 'data' | 'changes' | 'seed', string> &
      Record<'core' | 'chaos' | 'drift' | 'help', boolean>
  >;
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: {
        records: { type: 'string' },
        data: { type: 'string' },
        changes: { type: 'string' },
        core: { type: 'boolean' },
        chaos: { type: 'boolean' },
        drift: { type: 'boolean' },
        seed: { type: 'string' },
        help: { type: 'boolean' },
      },
    }));
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) };
  }
  if (values.help === true) return { help: HELP };
  const data = values.data === undefined ? null : resolve(values.data);
  const records = Number(values.records ?? 10_000);
  const changes = Number(values.changes ?? (data === null ? 5 : 0));
  if (!Number.isInteger(records) || records < 1)
    return { fault: '--records: a whole number from 1' };
  if (!Number.isInteger(changes) || changes < 0)
    return { fault: '--changes: a whole number from 0' };
  const seed = Number(values.seed ?? anySeed);
  if (!Number.isInteger(seed) || seed < 0) return { fault: '--seed: a whole number from 0' };
  if (values.seed !== undefined && values.chaos !== true)
    return { fault: '--seed: only with --chaos' };
  const settings = {
    records,
    data,
    changes,
    seed,
    core: values.core === true,
    chaos: values.chaos === true,
    drift: values.drift === true,
  };
  if (settings.chaos && settings.drift)
    return { fault: '--chaos and --drift are two stories: choose one' };
  if (settings.core && env.ES_URL !== undefined)
    return { fault: '--core and ES_URL name two servers: choose one' };
  const fault = settings.chaos ? faultOfChaos(settings, env) : null;
  return fault === null ? settings : { fault };
}

function faultOfChaos(
  { records, data, changes }: DemoSettings,
  { TC_URL, ES_URL }: NodeJS.ProcessEnv,
): string | null {
  if (data !== null) return '--chaos: only with generated records, without --data';
  if (changes === 0) return '--chaos: --changes must be 1 or more';
  if (records < CHAOS_RECORDS_MIN) return `--chaos: --records must be ${CHAOS_RECORDS_MIN} or more`;
  if (TC_URL !== undefined)
    return '--chaos: only with the stand-in for ThreatConnect, without TC_URL, because it changes records';
  if (ES_URL !== undefined && !/^http:/i.test(ES_URL))
    return '--chaos: only with an ES_URL of http, because a proxy is put before Elasticsearch';
  return null;
}

const OURS = /^(TC|ES|TEMPORAL|TCSYNC)_/;

/** The environment without the settings of the program, so that no setting of the user reaches a stand-in. */
export function withoutSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !OURS.test(name) || name === 'TEMPORAL_CLI'),
  );
}

/** The settings of one part, by prefix. */
export function settingsOf(env: NodeJS.ProcessEnv, prefix: string): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => name.startsWith(prefix)));
}
