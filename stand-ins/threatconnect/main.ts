import { readFileSync } from 'node:fs';
import { parseArgs, type ParseArgsConfig } from 'node:util';
import type { Credentials } from './credentials.ts';
import { startThreatConnect, type ThreatConnectOptions } from './server.ts';

const USAGE = `A stand-in for a ThreatConnect instance.

  node stand-ins/threatconnect/main.ts --port 8080

  --port P                0 or left out: any free one
  --host H                default 127.0.0.1
  --base-path PATH        before /v3, default /api; "" for none
  --tls-cert FILE         with --tls-key FILE: HTTPS instead of HTTP
  --records N             how many indicators are generated, default 10000
  --seed S                default 1; the same seed on the same day gives the same indicators
  --until ISO             end of the generated time range, default the last midnight, UTC
  --without-associations  records of 1 kB instead of 4 kB
  --data FILE             raw indicators, one a line, instead of generated ones
  --access-id ID          default 12345678901234567890, or TC_SIM_ACCESS_ID
  --secret-key-file FILE  default a known test secret, or TC_SIM_SECRET_KEY
  --api-token TOKEN       also let this TC-Token in, or TC_SIM_API_TOKEN
  --page-delay-ms N       time that each page takes
  --one-second N          so many generated records share one second
  --sim NAME=JSON         what POST /_sim/NAME would do, before the first request; may be repeated:
                          --sim 'switches={"idRange":"refuse"}' --sim 'faults={"on":"page","fault":{"kind":"reset"}}'
  --log                   a line for each request on stderr
  --help

Prints "listening on http://HOST:PORT" when it is ready. GET /_sim/ lists the requests that control it.
`;

const OPTIONS = {
  port: { type: 'string' },
  host: { type: 'string' },
  'base-path': { type: 'string' },
  'tls-cert': { type: 'string' },
  'tls-key': { type: 'string' },
  records: { type: 'string' },
  seed: { type: 'string' },
  until: { type: 'string' },
  'without-associations': { type: 'boolean' },
  data: { type: 'string' },
  'access-id': { type: 'string' },
  'secret-key-file': { type: 'string' },
  'api-token': { type: 'string' },
  'page-delay-ms': { type: 'string' },
  'one-second': { type: 'string' },
  sim: { type: 'string', multiple: true },
  log: { type: 'boolean' },
  help: { type: 'boolean' },
} as const satisfies ParseArgsConfig['options'];

/** An invalid command line. Only the message is shown. */
class UsageError extends Error {
  override readonly name = 'UsageError';
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const values = parse();
  if (values.help === true) {
    process.stdout.write(USAGE);
    return;
  }
  const running = await startThreatConnect(toOptions(values));
  process.stdout.write(`listening on ${running.url}\n`);
  const stop = (): void => void running.close();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

type Values = ReturnType<typeof parse>;

function parse() {
  return parseArgs({ options: OPTIONS }).values;
}

function toOptions(values: Values): ThreatConnectOptions {
  if (values.data !== undefined && values.records !== undefined) {
    throw new UsageError('give either --data or --records');
  }
  return {
    port: wholeNumber(values.port, '--port', 0, 65_535) ?? 0,
    host: values.host ?? '127.0.0.1',
    records: wholeNumber(values.records, '--records', 0, 10_000_000) ?? 10_000,
    seed: wholeNumber(values.seed, '--seed', 0, 2 ** 32 - 1) ?? 1,
    associations: values['without-associations'] !== true,
    oneSecond: wholeNumber(values['one-second'], '--one-second', 0, 10_000_000) ?? 0,
    controls: (values.sim ?? []).map(toControl),
    credentials: toCredentials(values),
    switches: {
      pageDelayMs: wholeNumber(values['page-delay-ms'], '--page-delay-ms', 0, 600_000) ?? 0,
    },
    ...toSite(values),
    ...(values.until === undefined ? {} : { endMs: toInstantMs(values.until) }),
    ...(values.data === undefined ? {} : { dataFile: values.data }),
    ...(values.log === true ? { log: (line: string) => process.stderr.write(`${line}\n`) } : {}),
  };
}

function toSite(values: Values): Pick<ThreatConnectOptions, 'basePath' | 'tls'> {
  const basePath = values['base-path'] ?? '/api';
  if (!/^(\/[^/?#]+)*$/.test(basePath)) {
    throw new UsageError('--base-path must be "" or a path such as /api');
  }
  const { 'tls-cert': cert, 'tls-key': key } = values;
  if (cert === undefined && key === undefined) return { basePath };
  if (cert === undefined || key === undefined) {
    throw new UsageError('give both --tls-cert and --tls-key');
  }
  return { basePath, tls: { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') } };
}

/** `name={"json":…}`; the control API checks the content of the JSON. */
function toControl(text: string): { name: string; body: unknown } {
  const equals = text.indexOf('=');
  try {
    if (equals < 1) throw new SyntaxError('no "="');
    const body: unknown = JSON.parse(text.slice(equals + 1));
    return { name: text.slice(0, equals), body };
  } catch (error) {
    throw new UsageError(`--sim ${text}: not NAME=JSON`, { cause: error });
  }
}

function toCredentials(values: Values): Partial<Credentials> {
  const accessId = values['access-id'] ?? process.env['TC_SIM_ACCESS_ID'];
  const file = values['secret-key-file'];
  const secretKey =
    file === undefined
      ? process.env['TC_SIM_SECRET_KEY']
      : readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  const apiToken = values['api-token'] ?? process.env['TC_SIM_API_TOKEN'];
  return {
    ...(accessId === undefined ? {} : { accessId }),
    ...(secretKey === undefined ? {} : { secretKey }),
    ...(apiToken === undefined ? {} : { apiToken }),
  };
}

function wholeNumber(
  text: string | undefined,
  option: string,
  least: number,
  most: number,
): number | undefined {
  if (text === undefined) return undefined;
  const number = /^\d{1,10}$/.test(text) ? Number(text) : NaN;
  if (!(number >= least && number <= most)) {
    throw new UsageError(`${option} must be a whole number from ${least} to ${most}`);
  }
  return number;
}

function toInstantMs(text: string): number {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw new UsageError('--until must be a time such as 2026-01-31T00:00:00Z');
  return ms;
}
