import { optionsOf, runProgram, UsageError, wholeNumber } from '../command-line.ts';
import { type ElasticsearchOptions, startElasticsearch } from './server.ts';

const USAGE = `usage: node stand-ins/elasticsearch/main.ts --port PORT [options]

  --port PORT             0 for any free port
  --api-key ENCODED       accept only "Authorization: ApiKey ENCODED"; without it security is off
  --version VERSION       version in the answer to GET /, by which some answers differ; default 8.19.0
  --flavour FLAVOUR       stack (default) or serverless
  --help

Prints "listening on http://HOST:PORT" when it is ready; SIGINT and SIGTERM end it.
`;

const OPTIONS = {
  port: { type: 'string' },
  'api-key': { type: 'string' },
  version: { type: 'string' },
  flavour: { type: 'string' },
  help: { type: 'boolean' },
} as const;

/** @throws {UsageError} */
function parseOptions(): ElasticsearchOptions | 'help' {
  const { 'api-key': apiKey, flavour, help, port, version } = optionsOf(OPTIONS);
  if (help === true) return 'help';
  if (port === undefined) throw new UsageError('--port is missing');
  if (version !== undefined && !/^\d+\.\d+\.\d+$/.test(version)) {
    throw new UsageError(`--version ${version} is not like 8.19.0`);
  }
  if (flavour !== undefined && flavour !== 'stack' && flavour !== 'serverless') {
    throw new UsageError(`--flavour ${flavour} is neither stack nor serverless`);
  }
  return {
    port: wholeNumber('--port', port, 65_535),
    credentials: { apiKey },
    ...(version === undefined ? {} : { version }),
    ...(flavour === undefined ? {} : { flavour }),
  };
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
