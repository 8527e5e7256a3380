import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, test } from 'node:test';

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
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    test(`it says where it listens, and ${signal} ends it`, { timeout: 60_000 }, async () => {
      const key = Buffer.from('id:secret').toString('base64');
      const options = ['--port', '0', '--api-key', key, '--version', '8.18.1'];
      const child = spawn(process.execPath, [MAIN, ...options]);
      const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
      const url = /^listening on (http:\/\/127\.0\.0\.1:\d+)$/.exec(line)?.[1] ?? '';
      assert.equal((await fetch(url)).status, 401);
      const answer = await fetch(url, { headers: { authorization: `ApiKey ${key}` } });
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
