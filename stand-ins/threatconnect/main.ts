import { readFileSync } from 'node:fs';
import { optionsOf, runProgram, UsageError, wholeNumber } from '../command-line.ts';
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
  --until ISO             end of the generated time range; default: the last midnight, UTC
  --without-associations  records of 1 kB instead of 4 kB
  --data FILE             raw indicators, one on each line, instead of generated ones
  --access-id ID          default 12345678901234567890, or TC_SIM_ACCESS_ID
  --secret-key-file FILE  default a known test secret, or TC_SIM_SECRET_KEY
  --api-token TOKEN       also accept this TC-Token, or TC_SIM_API_TOKEN
  --page-delay-ms N       delay of each page
  --one-second N          this number of generated records share one second
  --sim NAME=JSON         does the same as POST /_sim/NAME, before the first request; may be repeated:
                          --sim 'switches={"idRange":"refuse"}' --sim 'faults={"on":"page","fault":{"kind":"reset"}}'
  --log                   one line for each request, on standard error
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
} as const;

await runProgram(USAGE, main);

async function main(): Promise<void> {
  const values = optionsOf(OPTIONS);
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

type Values = ReturnType<typeof optionsOf<typeof OPTIONS>>;

function toOptions(values: Values): ThreatConnectOptions {
  if (values.data !== undefined && values.records !== undefined) {
    throw new UsageError('give either --data or --records');
  }
  return {
    port: wholeNumber('--port', values.port ?? '0', 65_535),
    host: values.host ?? '127.0.0.1',
    records: wholeNumber('--records', values.records ?? '10000', 10_000_000),
    seed: wholeNumber('--seed', values.seed ?? '1', 2 ** 32 - 1),
    associations: values['without-associations'] !== true,
    oneSecond: wholeNumber('--one-second', values['one-second'] ?? '0', 10_000_000),
    controls: (values.sim ?? []).map(toControl),
    credentials: toCredentials(values),
    switches: {
      pageDelayMs: wholeNumber('--page-delay-ms', values['page-delay-ms'] ?? '0', 600_000),
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

function toInstantMs(text: string): number {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw new UsageError('--until must be a time such as 2026-01-31T00:00:00Z');
  return ms;
}
