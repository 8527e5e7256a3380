/**
 * Starts an empty real server core, runs the contract suite against it, and stops it.
 *
 *   start the core on a free port ─► npm run test:contract, with ES_URL and the known gaps ─► stop the core
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';

import { CORE_LACKS } from './capabilities.ts';

const CORE = path.join(import.meta.dirname, '../../stand-ins/elasticsearch-core/main.ts');
/** How often a transform looks for changes, and how late a document may become searchable. */
const TRANSFORM_DELAY_MS = '1000';

const running = new Set<ChildProcess>();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => running.forEach(stop));
}
process.exitCode = await main();

async function main(): Promise<number> {
  const core = start(
    process.execPath,
    [CORE, '--port', '0', '--transform-delay-ms', TRANSFORM_DELAY_MS],
    { ...process.env },
  );
  const ended = once(core, 'close');
  try {
    const url = await addressOf(core);
    return url === null ? 1 : await runSuite(url);
  } finally {
    stop(core);
    await ended;
  }
}

/** `null` if the core ended before it was ready; its output says why. */
async function addressOf(core: ChildProcess): Promise<string | null> {
  if (core.stdout === null) return null;
  for await (const line of createInterface({ input: core.stdout })) {
    const [, url] = /^listening on (http:\S+)$/.exec(line) ?? [];
    if (url === undefined) continue;
    core.stdout.pipe(process.stdout);
    return url;
  }
  return null;
}

async function runSuite(url: string): Promise<number> {
  const { ES_API_KEY: _, ...env } = process.env;
  const suite = start('npm', ['run', 'test:contract'], {
    ...env,
    ES_URL: url,
    ES_CONTRACT_LACKS: CORE_LACKS.join(','),
  });
  suite.stdout?.pipe(process.stdout);
  const [code] = (await once(suite, 'close')) as [number | null];
  return code ?? 1;
}

/** In a separate process group: a signal reaches all its processes, and only through {@link stop}. */
function start(command: string, args: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'inherit'], detached: true });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

function stop({ pid, exitCode, signalCode }: ChildProcess): void {
  if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, 'SIGTERM');
}
