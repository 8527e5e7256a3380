import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { optionsOf, runProgram, UsageError, wholeNumber } from '../command-line.ts';
import { whatIsMissing } from './missing.ts';

const USAGE = `usage: node stand-ins/elasticsearch-core/main.ts --port PORT [options]

  --port PORT             0 for any free port
  --home FOLDER           keeps its data there; default: a temporary folder, deleted at the end
  --transform-delay-ms N  replaces delay and frequency of every transform
  --check                 only says what is missing; exit code 1 if anything is
  --help

Needs a JDK 17 and Maven; the first start downloads about 54 MB of jars and builds for some seconds.
Prints "listening on http://127.0.0.1:PORT" when it is ready; SIGINT and SIGTERM end it.
`;

interface Options {
  readonly port: number;
  readonly home: string | undefined;
  readonly transformDelayMs: number | undefined;
}

/** @throws {UsageError} */
function parseOptions(): Options | 'help' | 'check' {
  const values = optionsOf(OPTIONS);
  if (values.help === true) return 'help';
  if (values.check === true) return 'check';
  if (values.port === undefined) throw new UsageError('--port is missing');
  const delay = values['transform-delay-ms'];
  return {
    port: wholeNumber('--port', values.port, 65_535),
    home: values.home,
    transformDelayMs:
      delay === undefined ? undefined : wholeNumber('--transform-delay-ms', delay, 3_600_000),
  };
}

const OPTIONS = {
  port: { type: 'string' },
  home: { type: 'string' },
  'transform-delay-ms': { type: 'string' },
  check: { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

/** Runs the server until it ends or a signal comes. @returns the exit code */
async function serve({ port, home, transformDelayMs }: Options): Promise<number> {
  const temporary = home === undefined ? await mkdtemp(path.join(tmpdir(), 'es-core-')) : null;
  try {
    const server = spawn(
      path.join(import.meta.dirname, 'run.sh'),
      [String(port), home ?? temporary ?? ''],
      {
        stdio: ['ignore', 'inherit', 'inherit'],
        env: {
          ...process.env,
          ...(transformDelayMs === undefined
            ? {}
            : { ES_TRANSFORM_DELAY_MS: String(transformDelayMs) }),
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
  const options = parseOptions();
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

await runProgram(USAGE, main);
