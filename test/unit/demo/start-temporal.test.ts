import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../../demo/start-temporal.ts', import.meta.url));

const run = (...args: string[]) => {
  return spawnSync(process.execPath, [PROGRAM, ...args], {
    env: { TEMPORAL_CLI: '/nowhere' },
    encoding: 'utf8',
  });
};

test('--help shows the options on standard output', () => {
  const { status, stdout } = run('--help');
  assert.equal(status, 0);
  for (const flag of ['--port', '--ui-port', '--headless', '--db-filename']) {
    assert.ok(stdout.includes(flag), flag);
  }
});

for (const [what, args, message] of [
  ['an invalid port', ['--port', '70000'], '--port 70000: a port is 1 to 65535'],
  ['an unknown option', ['--colour'], "Unknown option '--colour'"],
] as const) {
  test(`${what} is a usage error, and nothing is started`, () => {
    const { status, stderr } = run(...args);
    assert.equal(status, 2);
    assert.ok(stderr.startsWith(message), stderr);
  });
}

test('a server that cannot be found, downloaded or built gives a message without a stack trace', () => {
  const { status, stderr } = run();
  assert.equal(status, 1);
  assert.match(stderr, /^TEMPORAL_CLI=\/nowhere cannot be used: ENOENT[^\n]*\n$/);
});
