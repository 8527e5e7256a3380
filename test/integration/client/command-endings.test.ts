import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, test, type TestContext } from 'node:test';
import { withoutSettings } from '../../../demo/demo-settings.ts';
import { TCSYNC, tcsync } from '../../tcsync.ts';

/** No server listens at any of these addresses. */
const ENV = {
  ...withoutSettings(process.env),
  TC_URL: 'http://127.0.0.1:1',
  TC_ACCESS_ID: '7',
  TC_SECRET_KEY: 'a secret that is never shown',
  ES_URL: 'http://127.0.0.1:1',
  TEMPORAL_ADDRESS: '127.0.0.1:1',
};

const FULL = '/dev/full';
const hasFullDevice = process.platform === 'linux';

/** Runs a command with files as its outputs, or (`pipe`) with a pipe that nobody reads. */
async function write(
  args: readonly string[],
  { out, error = 'pipe', input = '' }: { out: string; error?: string; input?: string },
): Promise<{ code: number | null; stderr: string }> {
  const files = [out, error].map((name) => (name === 'pipe' ? name : openSync(name, 'w')));
  const child = spawn(process.execPath, [TCSYNC, ...args], {
    cwd: tmpdir(),
    env: ENV,
    stdio: ['pipe', ...files],
  });
  for (const file of files) if (typeof file === 'number') closeSync(file);
  child.stdin?.on('error', () => undefined); // it reads no further
  child.stdin?.end(input);
  child.stdout?.destroy(); // as `| head -0` does
  const [stderr, [code]] = await Promise.all([
    child.stderr === null ? '' : text(child.stderr),
    once(child, 'exit') as Promise<[number | null]>,
  ]);
  return { code, stderr };
}

function assertSentence(stderr: string): void {
  assert.match(stderr, /^[^\n]+\n$/, 'one line');
  assert.doesNotMatch(stderr, /\.ts:\d|at Object|a secret/);
}

describe('the end of a command', () => {
  for (const [args, input] of [
    [['check'], ''],
    [['--help'], ''],
    [['map'], '{"id":1}\n'],
  ] as const) {
    test(
      `if the disk is full, \`${args.join(' ')}\` prints one sentence and ends with 1`,
      { skip: !hasFullDevice },
      async () => {
        const { code, stderr } = await write(args, { out: FULL, input });
        assert.equal(code, 1, stderr);
        assert.match(stderr, /^the output cannot be written: ENOSPC: no space left on device/m);
      },
    );
  }

  test('a reader that closes the pipe does not change the exit code of `check`', async () => {
    const { code, stderr } = await write(['check'], { out: 'pipe' });
    assert.equal(stderr, '');
    assert.equal(code, (await tcsync(['check'], ENV)).code);
  });

  test('a reader that closes the pipe ends `map`, because its input may have no end', async () => {
    const input = '{"id":1}\n'.repeat(100_000);
    const { code, stderr } = await write(['map'], { out: 'pipe', input });
    assert.equal(code, 0);
    assert.ok(Number(/^(\d+) mapped/m.exec(stderr)?.[1]) < 100_000, stderr);
  });

  test('a full disk under standard error does not change the exit code of a command', async () => {
    assert.equal((await write(['map', '--nonsense'], { out: 'pipe', error: FULL })).code, 2);
  });

  test('`map` ends with 3 if a record was rejected', async () => {
    const file = path.join(tmpdir(), `tcsync-map-${process.pid}`);
    assert.equal((await write(['map'], { out: file, input: '{"id":1}\n' })).code, 0);
    assert.equal((await write(['map'], { out: file, input: '{"id":1}\n{}\n' })).code, 3);
    rmSync(file);
  });

  for (const args of [
    ['run', '--to', '2026-01-01T00:00:00Z'],
    ['run', '--from', '2026-01-02T00:00:00Z', '--to', '2026-01-01T00:00:00Z'],
  ]) {
    test(`\`${args.join(' ')}\` ends with 2 before any request`, async () => {
      const { code, stderr } = await tcsync(args, ENV);
      assert.equal(code, 2);
      assertSentence(stderr);
      assert.match(stderr, /`from`/);
    });
  }

  test('a reason of 100 kB is refused with 2 before any request', async () => {
    const { code, stderr } = await tcsync(['pause', '--reason', 'x'.repeat(100_000)], ENV);
    assert.equal(code, 2);
    assert.equal(stderr, '--reason has 100000 characters: at most 200 are kept\n');
  });

  for (const command of ['run', 'worker']) {
    test(`\`${command}\` without Temporal names TEMPORAL_ADDRESS and ends with 1`, async () => {
      const env = { ...ENV, TCSYNC_HTTP_PORT: '0', TCSYNC_METRICS_PORT: '0' };
      const { code, stderr } = await tcsync([command], env);
      assert.equal(code, 1, stderr);
      assertSentence(stderr.replace(/^waiting for Temporal .*\n/, ''));
      assert.match(stderr, /^cannot reach Temporal at 127\.0\.0\.1:1 \(TEMPORAL_ADDRESS\): /m);
      assert.doesNotMatch(stderr, /tonic|Os \{/);
    });
  }

  for (const [name, env] of [
    ['TEMPORAL_PROFILE', { TEMPORAL_PROFILE: 'nobody' }],
    [
      'TEMPORAL_TLS_CLIENT_CERT_PATH',
      { TEMPORAL_TLS_CLIENT_CERT_PATH: '/nowhere', TEMPORAL_TLS_CLIENT_KEY_PATH: '/nowhere' },
    ],
  ] as const) {
    for (const command of ['run', 'worker']) {
      test(`\`${command}\` names ${name} if it cannot be read, and ends with 2`, async () => {
        const { code, stderr } = await tcsync([command], { ...ENV, ...env });
        assert.equal(code, 2, stderr);
        assert.match(stderr, new RegExp(`^  ${name}: `, 'm'));
        assert.doesNotMatch(stderr, /\.ts:\d/);
      });
    }
  }

  test('a `.env` that is a folder gives one sentence and exit code 2', async (t: TestContext) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'tcsync-env-'));
    t.after(() => rmSync(folder, { recursive: true }));
    mkdirSync(path.join(folder, '.env'));
    const child = spawn(process.execPath, [TCSYNC, 'status'], { cwd: folder, env: ENV });
    const [stderr, [code]] = await Promise.all([
      text(child.stderr),
      once(child, 'exit') as Promise<[number | null]>,
    ]);
    assert.equal(code, 2);
    // like every fault of the configuration, because there may be several
    assert.match(stderr, /^the configuration has 1 fault\n {2}\.env: "\.env" is a folder; .*\n$/);
  });

  test('an Elasticsearch that does not answer gives one sentence and exit code 1', async () => {
    const { code, stderr } = await tcsync(['rejects', 'list'], ENV);
    assert.equal(code, 1);
    assertSentence(stderr);
    assert.match(stderr, /ECONNREFUSED 127\.0\.0\.1:1/);
  });
});
