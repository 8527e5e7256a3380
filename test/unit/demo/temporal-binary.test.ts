import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import {
  access,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { promisify } from 'node:util';

import {
  cacheFolder,
  findTemporalBinary,
  TEMPORAL_CLI_VERSION,
  TemporalBinaryError,
} from '../../../demo/temporal-binary.ts';

const TEMPORAL = '#!/bin/sh\necho "temporal version 1.5.1 (Server 1.29.1, UI 2.42.1)"\n';
const FOREIGN = '#!/bin/sh\necho "temporal 0.3, a calendar"\n';

let folder = '';
let cached = '';
let env: NodeJS.ProcessEnv = {};
let lines: string[] = [];
let requests: string[] = [];
let answer: RequestListener = refuse;
let archives = '';

const server = createServer((request, response) => {
  requests.push(request.url ?? '');
  answer(request, response);
});

before(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const bound = server.address();
  assert.ok(bound !== null && typeof bound === 'object');
  archives = `http://127.0.0.1:${bound.port}/cli/archive`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});

// each test has its own empty cache folder, a PATH with only tar, and a download address that answers 404
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tcsync-binary-'));
  env = {
    PATH: join(folder, 'bin'),
    HOME: folder,
    XDG_CACHE_HOME: join(folder, '.cache'),
    LOCALAPPDATA: folder,
  };
  cached = join(cacheFolder(env), 'tcsync', `temporal-${TEMPORAL_CLI_VERSION}`, 'temporal');
  await mkdir(join(folder, 'bin'));
  for (const tool of ['tar', 'gzip']) await symlink(await which(tool), join(folder, 'bin', tool));
  [lines, requests, answer] = [[], [], refuse];
});

afterEach(() => rm(folder, { recursive: true }));

const find = () => findTemporalBinary(env, (line) => lines.push(line), archives);

test('TEMPORAL_CLI has priority over everything else', async () => {
  env.TEMPORAL_CLI = await program('mine/temporal', TEMPORAL);
  await program('bin/temporal', TEMPORAL);
  assert.equal(await find(), join(folder, 'mine/temporal'));
});

test('a TEMPORAL_CLI that cannot be executed is an error, and no other executable is used', async () => {
  env.TEMPORAL_CLI = join(folder, 'notes.txt');
  await writeFile(env.TEMPORAL_CLI, 'not a program', { mode: 0o644 });
  await program('bin/temporal', TEMPORAL);
  await assert.rejects(find(), {
    name: 'TemporalBinaryError',
    message: new RegExp(`TEMPORAL_CLI=${env.TEMPORAL_CLI} cannot be used: EACCES`),
  });
});

test('temporal on PATH has priority over the one in the cache folder', async () => {
  await program('bin/temporal', TEMPORAL);
  await program(cached, TEMPORAL);
  assert.equal(await find(), join(folder, 'bin/temporal'));
});

test('another program of that name on PATH is skipped, and the real one after it is used', async () => {
  await program('bin/temporal', FOREIGN);
  env.PATH += delimiter + join(folder, 'second');
  await program('second/temporal', TEMPORAL);
  assert.equal(await find(), join(folder, 'second/temporal'));
});

test('the executable in the cache folder is used without a request and without a report', async () => {
  await program(cached, TEMPORAL);
  assert.equal(await find(), cached);
  assert.deepEqual([requests, lines], [[], []]);
});

test('if there is none, the archive for this machine is downloaded once and kept', async () => {
  answer = serve(await archiveOf(TEMPORAL));
  assert.equal(await find(), cached);
  assert.equal(await find(), cached);
  assert.equal(requests.length, 1);
  assert.match(requests[0] ?? '', /^\/cli\/archive\/v1\.5\.1\?platform=\w+&arch=\w+$/);
  assert.deepEqual(await leftovers(), []);
});

test('after a damaged archive, which is not kept, Go builds the executable', async () => {
  const whole = await archiveOf(TEMPORAL);
  answer = serve(whole.subarray(0, whole.length / 2));
  await go();
  assert.equal(await find(), cached);
  assert.deepEqual(await leftovers(), []);
});

test('after an archive whose program does not answer, which is not kept, Go builds the executable', async () => {
  answer = serve(await archiveOf('#!/bin/sh\nexit 1\n'));
  await go();
  assert.equal(await find(), cached);
  assert.equal(await readFile(cached, 'utf8'), TEMPORAL);
});

test('a download address that does not answer costs at most five seconds', async (t) => {
  const asked = Promise.withResolvers<void>();
  answer = () => asked.resolve();
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const found = assert.rejects(find(), /download: no answer from \S+ within 5000 ms/);
  await asked.promise;
  t.mock.timers.tick(5_000);
  await found;
});

test('two callers make one build, and the second says that it waits', async () => {
  const gate = await goBehindGate();
  const first = find();
  await gate.reached;
  const waits = Promise.withResolvers<string>();
  const second = findTemporalBinary(env, waits.resolve, archives);
  assert.match(await waits.promise, /process \d+ does it already; waiting for it/);
  gate.open();
  assert.deepEqual(await Promise.all([first, second]), [cached, cached]);
  assert.equal(
    await readFile(join(folder, 'go.log'), 'utf8'),
    'install github.com/temporalio/cli/cmd/temporal@v1.5.1\n',
  );
});

test('a build that takes minutes reports every 15 seconds that it continues', async (t) => {
  const gate = await goBehindGate();
  t.mock.timers.enable({ apis: ['setInterval'] });
  const found = find();
  await gate.reached;
  t.mock.timers.tick(30_000);
  assert.equal(lines.filter((line) => /building .*: \d+ s so far/.test(line)).length, 2);
  gate.open();
  await found;
});

test('the next caller finds the built executable', async () => {
  await go();
  assert.equal(await find(), cached);
  lines = [];
  assert.equal(await find(), cached);
  assert.deepEqual(lines, []);
});

test('if every way fails, the error lists each way, why it failed and what to do', async () => {
  await program('bin/temporal', FOREIGN);
  await go('go1.24.9');
  await assert.rejects(find(), (error: unknown) => {
    assert.ok(error instanceof TemporalBinaryError);
    const expected = [
      /TEMPORAL_CLI: not set/,
      /temporal on PATH: \S+ --version says 'temporal 0\.3, a calendar': not Temporal's/,
      /cache folder: ENOENT/,
      /download: GET \S+: 404 Not Found/,
      /go install: Go 1\.25 or later is needed, this is go1\.24\.9/,
      /TEMPORAL_ADDRESS=host:port/,
    ];
    for (const pattern of expected) assert.match(error.message, pattern);
    return true;
  });
});

test('a failed build is reported with the last lines of Go', async () => {
  await program(
    'bin/go',
    '#!/bin/sh\n[ "$1" = env ] && echo go1.26.0 && exit\necho "dial tcp: lookup proxy: no such host" >&2\nexit 1\n',
  );
  await assert.rejects(find(), /go install: .*dial tcp: lookup proxy: no such host/);
  assert.deepEqual(await leftovers(), []);
});

test('a cache folder that cannot be created is one of the listed reasons', async () => {
  await writeFile(cacheFolder(env), 'a file in its place');
  await assert.rejects(find(), /cache folder: (EEXIST|ENOTDIR)/);
});

for (const [platform, variables, expected] of [
  ['linux', { HOME: '/home/a', XDG_CACHE_HOME: '/x' }, '/x'],
  ['linux', { HOME: '/home/a', XDG_CACHE_HOME: '' }, '/home/a/.cache'],
  ['darwin', { HOME: '/Users/a' }, '/Users/a/Library/Caches'],
  ['win32', { LOCALAPPDATA: 'C:\\Local' }, 'C:\\Local'],
] as const) {
  test(`on ${platform} the cache folder is ${expected}`, () => {
    assert.equal(cacheFolder(variables, platform), expected);
  });
}

/** @param path absolute, or in the test's folder */
async function program(path: string, text: string): Promise<string> {
  const file = path.startsWith('/') ? path : join(folder, path);
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(file, text, { mode: 0o755 });
  return file;
}

/** A `go` that "builds" by writing a file; it asks `gate` first. */
async function go(version = 'go1.26.8', gate?: string): Promise<void> {
  const settings = { version, gate, log: join(folder, 'go.log'), temporal: TEMPORAL };
  await program(
    'bin/go',
    `#!${process.execPath}
    const { appendFileSync, writeFileSync } = require('node:fs');
    const { version, gate, log, temporal } = ${JSON.stringify(settings)};
    const build = async () => {
      appendFileSync(log, process.argv.slice(2).join(' ') + '\\n');
      if (gate) await fetch(gate);
      writeFileSync(process.env.GOBIN + '/temporal', temporal, { mode: 0o755 });
    };
    if (process.argv[2] === 'env') console.log(version); else build();
    `,
  );
}

/** The same, but it waits in the middle of its build until `open()`. */
async function goBehindGate(): Promise<{ reached: Promise<void>; open: () => void }> {
  const reached = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<void>();
  answer = (request, response) => {
    if (request.url !== '/cli/archive/gate') return refuse(request, response);
    reached.resolve();
    void opened.promise.then(() => response.end());
  };
  await go('go1.26.8', `${archives}/gate`);
  return { reached: reached.promise, open: opened.resolve };
}

async function archiveOf(text: string): Promise<Buffer> {
  await program('archive/temporal', text);
  const file = join(folder, 'archive.tar.gz');
  await promisify(execFile)('tar', ['-czf', file, '-C', join(folder, 'archive'), 'temporal']);
  return readFile(file);
}

function serve(body: Buffer): RequestListener {
  return (_request, response) => response.end(body);
}

function refuse(...[_request, response]: Parameters<RequestListener>): void {
  response.writeHead(404).end();
}

/** Other files beside the kept program, such as staging folders and locks. */
async function leftovers(): Promise<string[]> {
  const names = await readdir(join(cached, '..', '..'));
  return names.filter((name) => name !== `temporal-${TEMPORAL_CLI_VERSION}`);
}

async function which(tool: string): Promise<string> {
  for (const place of (process.env.PATH ?? '').split(delimiter)) {
    const file = join(place, tool);
    const there = await access(file).then(
      () => true,
      () => false,
    );
    if (there) return file;
  }
  throw new Error(`${tool} is not on PATH`);
}
