/*
 *  TEMPORAL_CLI ── set: that one or an error
 *       │ not set
 *  temporal on PATH ─► cache folder ─► [lock] download ─► go install ─► an error that lists them all
 *                          ▲                    └──────┬──────┘
 *                          └──── atomic rename ────────┘
 */
import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { access, constants, mkdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { EnvHttpProxyAgent, fetch } from 'undici';

import { withFileLock } from './file-lock.ts';
import { errorCode, reasonOf } from './reason-of.ts';

/** The newest release that plain `go install` can build: later ones have a `replace` in their go.mod. */
export const TEMPORAL_CLI_VERSION = '1.5.1';

const EXECUTABLE = process.platform === 'win32' ? 'temporal.exe' : 'temporal';
const ARCHIVES = 'https://temporal.download/cli/archive'; // docs.temporal.io/cli, "Install from CDN"
const ANSWER_MS = 5_000; // a firewall may drop packets without an answer; then the next way is tried
const STALL_MS = 30_000;
const VERSION_MS = 10_000; // answers in 50 ms; a cold 250 MB file takes longer
const PROGRESS_MS = 15_000;
const GO_MINIMUM = [1, 25] as const;

export type Report = (line: string) => void;

/** There is no way to get the server. The message is for a person and lists why each way failed. */
export class TemporalBinaryError extends Error {
  override readonly name = 'TemporalBinaryError';
}

/**
 * Finds, downloads or builds the `temporal` executable, whose `server start-dev` is the dev server.
 *
 * May take minutes and 3.5 GB of Go's caches, once per machine; `report` gets a line at each step and one every 15
 * seconds. Safe to call from several processes at once: one does the work, the others wait.
 *
 * @param env has `TEMPORAL_CLI` (a path), `PATH`, and the variables of the cache folder and of proxies; Go gets all of
 *   it
 * @param archives replaces Temporal's download address
 * @returns an absolute path that answered `--version`
 * @throws {TemporalBinaryError} naming each way and why it failed
 */
export async function findTemporalBinary(
  env: NodeJS.ProcessEnv,
  report: Report,
  archives: string = ARCHIVES,
): Promise<string> {
  if (env.TEMPORAL_CLI) return chosen(env.TEMPORAL_CLI, env);

  const folder = join(cacheFolder(env), 'tcsync');
  const target = join(folder, `temporal-${TEMPORAL_CLI_VERSION}`, EXECUTABLE);
  const staging = join(folder, `temporal-${TEMPORAL_CLI_VERSION}.partial`);
  const refused = new Map<string, string>([['TEMPORAL_CLI', 'not set']]);
  const cached = () => verified(target, env);
  const make = () =>
    firstOf(refused, {
      'cache folder': cached, // another process may have put it there while we waited
      download: () => publish(staging, target, env, () => download(archives, staging, env, report)),
      'go install': () => publish(staging, target, env, () => goInstall(staging, env, report)),
    });

  const ready = await firstOf(refused, {
    'temporal on PATH': () => onPath(env),
    'cache folder': cached,
  });
  if (ready !== null) return ready;
  try {
    await mkdir(folder, { recursive: true });
    const made = await withFileLock(`${staging}.lock`, report, make);
    if (made !== null) return made;
  } catch (error) {
    refused.set('cache folder', reasonOf(error)); // for example a home folder that is not writable
  }
  throw new TemporalBinaryError(
    [
      'There is no Temporal dev server on this machine, and none could be fetched or built:',
      ...Array.from(refused, ([way, reason]) => `  ${way}: ${reason}`),
      'Any one of these helps: TEMPORAL_ADDRESS=host:port of a server that runs;',
      'the Temporal CLI (https://docs.temporal.io/cli) on PATH or named by TEMPORAL_CLI;',
      `access to ${archives}; Go ${GO_MINIMUM.join('.')} or later with access to its module proxy.`,
    ].join('\n'),
  );
}

/** The user's folder for files that can be made again. */
export function cacheFolder(env: NodeJS.ProcessEnv, platform = process.platform): string {
  const home = env.HOME || homedir();
  if (platform === 'win32') return env.LOCALAPPDATA || join(home, 'AppData', 'Local');
  if (platform === 'darwin') return join(home, 'Library', 'Caches');
  return env.XDG_CACHE_HOME || join(home, '.cache');
}

/** Tries the ways in order; notes in `refused` why a way failed. */
async function firstOf(
  refused: Map<string, string>,
  ways: Readonly<Record<string, () => Promise<string>>>,
): Promise<string | null> {
  for (const [name, find] of Object.entries(ways)) {
    try {
      return await find();
    } catch (error) {
      refused.set(name, reasonOf(error));
    }
  }
  return null;
}

async function chosen(path: string, env: NodeJS.ProcessEnv): Promise<string> {
  try {
    return await verified(resolve(path), env);
  } catch (error) {
    throw new TemporalBinaryError(`TEMPORAL_CLI=${path} cannot be used: ${reasonOf(error)}`, {
      cause: error,
    });
  }
}

async function onPath(env: NodeJS.ProcessEnv): Promise<string> {
  let reason: unknown = new Error('not found');
  for (const folder of (env.PATH ?? env.Path ?? '').split(delimiter)) {
    if (folder === '') continue;
    try {
      return await verified(resolve(folder, EXECUTABLE), env);
    } catch (error) {
      // other errors: for example an empty shim of a version manager, or another program of that name
      if (errorCode(error) !== 'ENOENT') reason = error;
    }
  }
  throw reason;
}

async function verified(file: string, env: NodeJS.ProcessEnv): Promise<string> {
  await access(file, constants.X_OK);
  const { stdout } = await run(file, ['--version'], { env, timeout: VERSION_MS });
  if (!stdout.startsWith('temporal version ')) {
    throw new Error(`${file} --version says '${stdout.trim()}': not Temporal's`);
  }
  return file;
}

/** Fills an empty `staging` folder, checks the executable and moves it to `target` in one step. */
async function publish(
  staging: string,
  target: string,
  env: NodeJS.ProcessEnv,
  fill: () => Promise<void>,
): Promise<string> {
  await rm(staging, { recursive: true, force: true }); // left behind by a process that was killed
  await mkdir(staging);
  try {
    await fill();
    const file = await verified(join(staging, EXECUTABLE), env);
    await mkdir(dirname(target), { recursive: true });
    await rename(file, target);
    return target;
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

async function download(
  archives: string,
  staging: string,
  env: NodeJS.ProcessEnv,
  report: Report,
): Promise<void> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const arch = process.arch === 'x64' ? 'amd64' : process.arch;
  const url = `${archives}/v${TEMPORAL_CLI_VERSION}?platform=${platform}&arch=${arch}`;
  report(`fetching the Temporal dev server from ${url} …`);

  const dispatcher = new EnvHttpProxyAgent({
    // an empty string keeps undici from looking into process.env
    httpProxy: env.http_proxy ?? env.HTTP_PROXY ?? '',
    httpsProxy: env.https_proxy ?? env.HTTPS_PROXY ?? '',
    noProxy: env.no_proxy ?? env.NO_PROXY ?? '',
    bodyTimeout: STALL_MS,
  });
  const late = new AbortController();
  const timer = setTimeout(() => {
    late.abort(new Error(`no answer from ${url} within ${ANSWER_MS} ms`));
  }, ANSWER_MS);
  try {
    const response = await fetch(url, { dispatcher, signal: late.signal });
    clearTimeout(timer);
    if (!response.ok || response.body === null) {
      throw new Error(`GET ${url}: ${response.status} ${response.statusText}`);
    }
    const archive = join(staging, 'archive');
    await pipeline(response.body, createWriteStream(archive));
    // -xf recognises the format: tar.gz, and zip on Windows; owner ids of the archive do not exist here
    await run('tar', ['-xf', archive, '-C', staging, '--no-same-owner'], { env });
  } finally {
    clearTimeout(timer);
    await dispatcher.destroy();
  }
}

async function goInstall(staging: string, env: NodeJS.ProcessEnv, report: Report): Promise<void> {
  const { stdout } = await run('go', ['env', 'GOVERSION'], { env, cwd: staging });
  const [, major, minor] = /go(\d+)\.(\d+)/.exec(stdout) ?? [];
  if (!isAtLeast([Number(major), Number(minor)], GO_MINIMUM)) {
    throw new Error(`Go ${GO_MINIMUM.join('.')} or later is needed, this is ${stdout.trim()}`);
  }
  report(
    'building the Temporal dev server with Go (about 5 minutes, once; 250 MB, and 3.5 GB in the caches of Go) …',
  );
  const startedMs = performance.now();
  const elapsedSeconds = () => Math.round((performance.now() - startedMs) / 1000);
  const progress = setInterval(() => {
    report(`building the Temporal dev server: ${elapsedSeconds()} s so far`);
  }, PROGRESS_MS);
  try {
    await run(
      'go',
      ['install', `github.com/temporalio/cli/cmd/temporal@v${TEMPORAL_CLI_VERSION}`],
      {
        cwd: staging,
        env: { ...env, GOBIN: staging },
        maxBuffer: 64 * 1024 * 1024, // Go prints a line for each of some hundred modules
      },
    );
    report(`built the Temporal dev server in ${elapsedSeconds()} s`);
  } finally {
    clearInterval(progress);
  }
}

function isAtLeast(
  [major, minor]: readonly [number, number],
  [needsMajor, needsMinor]: readonly [number, number],
): boolean {
  return major > needsMajor || (major === needsMajor && minor >= needsMinor);
}

const run = promisify(execFile);
