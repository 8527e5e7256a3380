import { parseArgs } from 'node:util';

import { DevServerError, startDevServer } from './dev-server.ts';
import { TemporalBinaryError } from './temporal-binary.ts';

const HELP = `Runs Temporal's dev server until Ctrl-C: for development, not for production.

  npm run temporal -- [options]

  --port N         gRPC port of the server (default 7233)
  --ui-port N      port of the web UI (default 8233)
  --headless       no web UI
  --db-filename F  keep everything in this file; without it, in memory
  -h, --help       this text

It runs TEMPORAL_CLI, or 'temporal' on PATH, or an executable that is downloaded or built once and kept in
the cache folder. It creates TEMPORAL_NAMESPACE if that is not 'default'. It ignores TEMPORAL_ADDRESS, which
tells the other programs where this server is.
`;

interface Options {
  readonly port: number;
  readonly uiPort: number | undefined;
  readonly dbFile: string | undefined;
}

/** @throws {TypeError} if an argument is not valid */
function parseCommandLine(args: readonly string[]): Options | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string', default: '7233' },
      'ui-port': { type: 'string', default: '8233' },
      headless: { type: 'boolean', default: false },
      'db-filename': { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return 'help';
  return {
    port: parsePort('--port', values.port),
    uiPort: values.headless ? undefined : parsePort('--ui-port', values['ui-port']),
    dbFile: values['db-filename'],
  };
}

function parsePort(flag: string, text: string): number {
  const port = /^\d+$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65_535) throw new TypeError(`${flag} ${text}: a port is 1 to 65535`);
  return port;
}

/** @returns the exit code: 0 ended by a signal, 1 failed, 2 usage */
async function main(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  let options: Options | 'help';
  try {
    options = parseCommandLine(args);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    console.error(`${error.message}\n\n${HELP}`);
    return 2;
  }
  if (options === 'help') {
    console.log(HELP);
    return 0;
  }
  try {
    return await serve(options, env);
  } catch (error) {
    if (!(error instanceof DevServerError || error instanceof TemporalBinaryError)) throw error;
    console.error(error.message);
    return 1;
  }
}

async function serve(options: Options, env: NodeJS.ProcessEnv): Promise<number> {
  const server = await startDevServer({
    ...options,
    env: { ...env, TEMPORAL_ADDRESS: undefined },
    report: console.error,
    log: console.error,
  });
  const signalled = new Promise<'signal'>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.on(signal, () => resolve('signal'));
  });
  console.log(`Temporal listens on ${server.address} (namespace ${server.namespace})`);
  if (server.uiUrl !== null) console.log(`its UI is at ${server.uiUrl}`);
  if (server.cli !== null) console.log(`its command line is ${server.cli}`);
  console.error('Ctrl-C stops it');

  const ending = await Promise.race([signalled, server.exited]);
  if (ending !== 'signal') {
    console.error(`the Temporal dev server ${ending}`);
    return 1;
  }
  await server.stop();
  return 0;
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2), process.env);
