import { parseArgs } from 'node:util';

export type DemoSettings = {
  /** Records that the ThreatConnect stand-in makes up. */
  records: number;
  /** Raw indicators as NDJSON, instead of made-up ones; absolute path. */
  data: string | null;
  /** Records that are changed, and as many that are added, behind each page; 0: the source stands still. */
  changes: number;
  /** A real Elasticsearch node in place of the stand-in. */
  core: boolean;
};

const HELP = `npm run demo [-- options]

Starts a Temporal dev server, a ThreatConnect and an Elasticsearch stand-in and a worker, copies every
indicator while some of them change, and compares ids and versions with the source's own account.

  --records N   made-up records (default 10000)
  --data FILE   raw indicators as NDJSON instead of made-up ones
  --changes N   records changed, and added, behind each page (default 5; 0 with --data)
  --core        a real Elasticsearch node instead of the stand-in; needs a JDK 17 and Maven
  --help

TC_URL, ES_URL and TEMPORAL_ADDRESS replace a part by a real one, with the other TC_, ES_ and TEMPORAL_
variables for it. On a real cluster the demo works in the namespace "demo" and cleans up after itself.
`;

/** @returns the settings, or a text to print instead of running */
export function parseDemoArguments(
  args: readonly string[],
  resolve: (file: string) => string,
): DemoSettings | { help: string } | { fault: string } {
  let values: { records?: string; data?: string; changes?: string; core?: boolean; help?: boolean };
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: {
        records: { type: 'string' },
        data: { type: 'string' },
        changes: { type: 'string' },
        core: { type: 'boolean' },
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
  return { records, data, changes, core: values.core === true };
}

const OURS = /^(TC|ES|TEMPORAL|TCSYNC)_/;

/** The environment less every setting of the program, so that none of the user's own reaches a stand-in. */
export function withoutSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !OURS.test(name) || name === 'TEMPORAL_CLI'),
  );
}

/** The settings of one part, by prefix. */
export function settingsOf(env: NodeJS.ProcessEnv, prefix: string): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => name.startsWith(prefix)));
}
