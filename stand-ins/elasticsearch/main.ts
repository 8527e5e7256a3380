import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { type ElasticsearchOptions, startElasticsearch } from './server.ts';

const USAGE = `usage: node stand-ins/elasticsearch/main.ts --port PORT [options]

  --port PORT             0 for any free port
  --host HOST             default 127.0.0.1
  --api-key ENCODED       take "Authorization: ApiKey ENCODED"
  --username NAME         take this user with the password in
  --password-file FILE    (first line)
  --version VERSION       what GET / says; default 8.19.0
  --max-body-bytes N      default 104857600
  --log                   one line for each request, on standard error
  --help

Without --api-key and --username security is off.
Prints "listening on http://HOST:PORT" when it is ready; SIGINT and SIGTERM end it.
`;

class UsageError extends Error {}

/** @throws {UsageError} naming what is wrong with the command line */
function parseOptions(args: readonly string[]): ElasticsearchOptions | 'help' {
  const { values } = parse(args);
  if (values.help === true) return 'help';
  const { 'api-key': apiKey, username, 'password-file': passwordFile } = values;
  if (values.port === undefined) throw new UsageError('--port is missing');
  if ((username === undefined) !== (passwordFile === undefined)) {
    throw new UsageError('--username and --password-file go together');
  }
  if (values.version !== undefined && !/^\d+\.\d+\.\d+$/.test(values.version)) {
    throw new UsageError(`--version ${values.version} is not like 8.19.0`);
  }
  const maxBodyBytes = values['max-body-bytes'];
  return {
    port: toNumber('--port', values.port, 65_535),
    credentials: {
      apiKey,
      basic:
        username === undefined || passwordFile === undefined
          ? undefined
          : { username, password: readPassword(passwordFile) },
    },
    ...(values.host === undefined ? {} : { host: values.host }),
    ...(values.version === undefined ? {} : { version: values.version }),
    ...(maxBodyBytes === undefined
      ? {}
      : { maxBodyBytes: toNumber('--max-body-bytes', maxBodyBytes, Number.MAX_SAFE_INTEGER) }),
    ...(values.log === true ? { log: (line: string) => console.error(line) } : {}),
  };
}

const OPTIONS = {
  port: { type: 'string' },
  host: { type: 'string' },
  'api-key': { type: 'string' },
  username: { type: 'string' },
  'password-file': { type: 'string' },
  version: { type: 'string' },
  'max-body-bytes': { type: 'string' },
  log: { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

type Parsed = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>;

function parse(args: readonly string[]): Parsed {
  try {
    return parseArgs({ args: [...args], options: OPTIONS });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function toNumber(option: string, text: string, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value <= most) return value;
  throw new UsageError(`${option} ${text} is not a number from 0 to ${most}`);
}

function readPassword(file: string): string {
  try {
    return readFileSync(file, 'utf8').split(/\r?\n/)[0] ?? '';
  } catch (error) {
    throw new UsageError(`--password-file ${file} cannot be read`, { cause: error });
  }
}

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  if (options === 'help') {
    process.stdout.write(USAGE);
    return;
  }
  const server = await startElasticsearch(options);
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void server.close());
  console.log(`listening on ${server.url}`);
}

try {
  await main();
} catch (error) {
  const usage = error instanceof UsageError;
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(usage ? `${message}\n\n${USAGE}` : `elasticsearch stand-in: ${message}\n`);
  process.exitCode = usage ? 2 : 1;
}
