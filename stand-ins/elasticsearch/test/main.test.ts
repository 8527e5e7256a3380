import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, test } from 'node:test';

const MAIN = join(import.meta.dirname, '../main.ts');

interface Ended {
  readonly code: unknown;
  readonly output: string;
  readonly errors: string;
}

/** Runs the command to its end. */
async function run(...args: string[]): Promise<Ended> {
  const child = spawn(process.execPath, [MAIN, ...args]);
  let [output, errors] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const [code] = (await once(child, 'close')) as [unknown];
  return { code, output, errors };
}

describe('the stand-in as a process of its own', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'es-stand-in-'));
  });
  after(async () => {
    await rm(folder, { recursive: true });
  });

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    test(`it says where it listens, and ${signal} ends it`, async () => {
      const passwordFile = join(folder, 'password');
      await writeFile(passwordFile, 'secret\n');
      const child = spawn(process.execPath, [
        MAIN,
        '--port',
        '0',
        '--username',
        'elastic',
        '--password-file',
        passwordFile,
        '--version',
        '8.18.1',
        '--log',
      ]);
      const errors = createInterface(child.stderr);
      const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
      const url = /^listening on (http:\/\/127\.0\.0\.1:\d+)$/.exec(line)?.[1] ?? '';
      assert.equal((await fetch(url)).status, 401);
      const [logged] = (await once(errors, 'line')) as [string];
      assert.match(logged, /^GET \/ 401 \d+ ms$/);
      const authorization = `Basic ${Buffer.from('elastic:secret').toString('base64')}`;
      const answer = await fetch(url, { headers: { authorization } });
      assert.partialDeepStrictEqual(await answer.json(), { version: { number: '8.18.1' } });
      child.kill(signal);
      const [code] = (await once(child, 'close')) as [unknown];
      assert.equal(code, 0);
    });
  }

  test('--help shows the options', async () => {
    const { code, output } = await run('--help');
    assert.equal(code, 0);
    assert.match(output, /--port PORT/);
  });

  for (const [args, message] of [
    [[], '--port is missing'],
    [['--port', 'x'], '--port x is not a number from 0 to 65535'],
    [['--port', '1', '--username', 'u'], '--username and --password-file go together'],
    [
      ['--port', '1', '--username', 'u', '--password-file', '/nope'],
      '--password-file /nope cannot be read',
    ],
    [['--port', '1', '--version', '8'], '--version 8 is not like 8.19.0'],
    [['--port', '1', '--nope'], "Unknown option '--nope'"],
  ] as const) {
    test(`the command line ${args.join(' ')} is refused: ${message}`, async () => {
      const { code, output, errors } = await run(...args);
      assert.equal(code, 2);
      assert.equal(output, '');
      assert.ok(errors.startsWith(message), errors);
    });
  }
});
