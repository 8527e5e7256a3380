import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { whatIsMissing } from './missing.ts';

const USAGE = `usage: node stand-ins/elasticsearch-core/main.ts --port PORT [options]

  --port PORT             0 for any free port
  --home FOLDER           keeps its data there; default: a temporary folder, deleted at the end
  --transform-delay-ms N  stands for delay and frequency of every transform
  --check                 only says what is missing, exit 1 if anything is
  --help

Needs a JDK 17 and Maven; the first start fetches about 54 MB of jars and builds for some seconds.
Prints "listening on http://127.0.0.1:PORT" when it is ready; SIGINT and SIGTERM end it.
`;

class UsageError extends Error {}

interface Options {
  readonly port: string;
  readonly home: string | undefined;
  readonly transformDelayMs: string | undefined;
}

/** @throws {UsageError} naming what is wrong with the command line */
function parseOptions(args: readonly string[]): Options | 'help' | 'check' {
  const { values } = parse(args);
  if (values.help === true) return 'help';
  if (values.check === true) return 'check';
  if (values.port === undefined) throw new UsageError('--port is missing');
  const transformDelayMs = values['transform-delay-ms'];
  if (transformDelayMs !== undefined)
    checkNumber('--transform-delay-ms', transformDelayMs, 3_600_000);
  return {
    port: checkNumber('--port', values.port, 65_535),
    home: values.home,
    transformDelayMs,
  };
}

const OPTIONS = {
  port: { type: 'string' },
  home: { type: 'string' },
  'transform-delay-ms': { type: 'string' },
  check: { type: 'boolean' },
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

function checkNumber(option: string, text: string, most: number): string {
  if (/^\d+$/.test(text) && Number(text) <= most) return text;
  throw new UsageError(`${option} ${text} is not a number from 0 to ${most}`);
}

/** Runs the server until it ends or a signal comes. @returns the exit code */
async function serve({ port, home, transformDelayMs }: Options): Promise<number> {
  const temporary = home === undefined ? await mkdtemp(path.join(tmpdir(), 'es-core-')) : null;
  try {
    const server = spawn(
      path.join(import.meta.dirname, 'run.sh'),
      [port, home ?? temporary ?? ''],
      {
        stdio: ['ignore', 'inherit', 'inherit'],
        env: {
          ...process.env,
          ...(transformDelayMs === undefined ? {} : { ES_TRANSFORM_DELAY_MS: transformDelayMs }),
        },
        // its own group, so that a signal also reaches Maven while it builds
        detached: true,
      },
    );
    let isAsked = false;
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        isAsked = true;
        if (server.pid !== undefined && server.exitCode === null)
          process.kill(-server.pid, 'SIGTERM');
      });
    }
    await once(server, 'exit');
    return isAsked ? 0 : 1;
  } finally {
    if (temporary !== null) await rm(temporary, { recursive: true, force: true });
  }
}

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2));
  if (options === 'help') {
    process.stdout.write(USAGE);
    return 0;
  }
  const missing = whatIsMissing();
  if (missing !== null) {
    process.stderr.write(`${missing}\n`);
    return 1;
  }
  return options === 'check' ? 0 : serve(options);
}

try {
  process.exitCode = await main();
} catch (error) {
  const usage = error instanceof UsageError;
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(usage ? `${message}\n\n${USAGE}` : `elasticsearch core: ${message}\n`);
  process.exitCode = usage ? 2 : 1;
}
