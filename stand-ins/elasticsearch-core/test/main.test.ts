import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';

const MAIN = path.join(import.meta.dirname, '../main.ts');

describe('the command that starts the core', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'es-core-test-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const run = (...args: string[]) =>
    spawnSync(process.execPath, [MAIN, ...args], { env: { PATH: folder }, encoding: 'utf8' });
  /** Programs that say their version, each with its name. */
  const install = (programs: Readonly<Record<string, string>>): void => {
    for (const [name, says] of Object.entries(programs)) {
      const file = path.join(folder, name);
      writeFileSync(file, `#!/bin/sh\necho '${says}'\n`);
      chmodSync(file, 0o755);
    }
  };
  const JDK_17 = { java: 'openjdk version "17.0.1"', javac: 'javac 17.0.1' };

  test('--help shows the options', () => {
    const { status, stdout } = run('--help');
    assert.equal(status, 0);
    for (const option of ['--port', '--home', '--transform-delay-ms', '--check'])
      assert.ok(stdout.includes(option), option);
  });

  for (const [args, message] of [
    [[], '--port is missing'],
    [['--port', 'x'], '--port x is not a number from 0 to 65535'],
    [['--port', '1', '--transform-delay-ms', '1s'], '--transform-delay-ms 1s is not a number'],
    [['--port', '1', '--nope'], "Unknown option '--nope'"],
  ] as const) {
    test(`the command line ${args.join(' ')} is refused: ${message}`, () => {
      const { status, stderr } = run(...args);
      assert.equal(status, 2);
      assert.ok(stderr.startsWith(message), stderr);
    });
  }

  for (const [what, programs, missing] of [
    ['nothing', {}, '`java` of a JDK 17, `javac` of a JDK 17, Maven (`mvn`)'],
    [
      'a newer JDK',
      { java: 'openjdk version "21.0.1"', javac: 'javac 21.0.1', mvn: 'Apache Maven 3.8.7' },
      'JDK 17 (java is 21), JDK 17 (javac is 21)',
    ],
    ['a JDK 17 alone', JDK_17, 'Maven (`mvn`)'],
  ] as const) {
    test(`with ${what} it says in one sentence what is missing`, () => {
      install(programs);
      const { status, stdout, stderr } = run('--port', '0');
      assert.equal(status, 1);
      assert.equal(stdout, '');
      const needs = 'the Elasticsearch core needs a JDK 17 and Maven on the PATH; missing: ';
      assert.equal(stderr, `${needs}${missing}\n`);
    });
  }

  test('with all of it --check says nothing and starts nothing', () => {
    install({ ...JDK_17, mvn: 'Apache Maven 3.8.7' });
    const { status, stdout, stderr } = run('--check');
    assert.deepEqual([status, stdout, stderr], [0, '', '']);
  });
});
