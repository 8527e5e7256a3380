import { readFileSync } from 'node:fs';
import { optionsOf, runProgram, UsageError, wholeNumber } from '../command-line.ts';
import { type ElasticsearchOptions, startElasticsearch } from './server.ts';

const USAGE = `usage: node stand-ins/elasticsearch/main.ts --port PORT [options]

  --port PORT             0 for any free port
  --host HOST             default 127.0.0.1
  --api-key ENCODED       accept "Authorization: ApiKey ENCODED"
  --username NAME         accept this user, with the password
  --password-file FILE    in the first line of this file
  --version VERSION       version in the answer to GET /; default 8.19.0
  --max-body-bytes N      default 104857600
  --log                   one line for each request, on standard error
  --help

Without --api-key and --username security is off.
Prints "listening on http://HOST:PORT" when it is ready; SIGINT and SIGTERM end it.
`;

/** @throws {UsageError} */
function parseOptions(): ElasticsearchOptions | 'help' {
  const values = optionsOf(OPTIONS);
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
    port: wholeNumber('--port', values.port, 65_535),
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
      : { maxBodyBytes: wholeNumber('--max-body-bytes', maxBodyBytes, Number.MAX_SAFE_INTEGER) }),
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

function readPassword(file: string): string {
  try {
    return readFileSync(file, 'utf8').split(/\r?\n/)[0] ?? '';
  } catch (error) {
    throw new UsageError(`--password-file ${file} cannot be read`, { cause: error });
  }
}

async function main(): Promise<void> {
  const options = parseOptions();
  if (options === 'help') {
    process.stdout.write(USAGE);
    return;
  }
  const server = await startElasticsearch(options);
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void server.close());
  console.log(`listening on ${server.url}`);
}

await runProgram(USAGE, main);
