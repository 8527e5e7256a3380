import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, test } from 'node:test';

const MAIN = join(import.meta.dirname, '../main.ts');

/** Runs the command to its end. */
async function run(...args: string[]): Promise<{ code: unknown; output: string; errors: string }> {
  const child = spawn(process.execPath, [MAIN, ...args]);
  let [output, errors] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const [code] = (await once(child, 'close')) as [unknown];
  return { code, output, errors };
}

describe('the ThreatConnect stand-in as a process of its own', () => {
  test('what --sim and the other options set is set when it says where it listens', async () => {
    const options = '--records 40 --one-second 25 --base-path= --api-token x'.split(' ');
    const switches = '{"overLimit":"cap","maxLimit":7}';
    const fault = '{"on":"page","after":1,"times":1,"fault":{"kind":"notLicensed"}}';
    const settings = ['--sim', `switches=${switches}`, '--sim', `faults=${fault}`];
    const child = spawn(process.execPath, [MAIN, ...options, ...settings]);
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    const url = /^listening on (http:\/\/127\.0\.0\.1:\d+)$/.exec(line)?.[1] ?? '';
    const ask = () =>
      fetch(`${url}/v3/indicators?resultLimit=100`, { headers: { Authorization: 'TC-Token x' } });
    const { data } = (await (await ask()).json()) as { data: unknown[] };
    assert.equal(data.length, 7);
    assert.equal((await ask()).status, 503);
    child.kill('SIGTERM');
    const [code] = (await once(child, 'close')) as [unknown];
    assert.equal(code, 0);
  });

  test('--help shows the options', async () => {
    const { code, output } = await run('--help');
    assert.equal(code, 0);
    assert.match(output, /--sim NAME=JSON/);
  });

  for (const [args, exitCode, message] of [
    [['--sim', 'nope'], 2, '--sim nope: not NAME=JSON'],
    [['--sim', 'switches={'], 2, '--sim switches={: not NAME=JSON'],
    [['--sim', 'nope={}'], 1, 'no /_sim/nope; known: '],
    [['--sim', 'switches={"idRange":"maybe"}'], 1, '"idRange" must be one of accept, refuse'],
    [['--sim', 'killers={"id":"1"}'], 1, 'id 1 does not exist'],
    [['--tls-cert', 'x'], 2, 'give both --tls-cert and --tls-key'],
    [['--base-path', 'api/'], 2, '--base-path must be "" or a path such as /api'],
    [['--one-second', 'x'], 2, '--one-second x is not a number from 0 to 10000000'],
  ] as const) {
    test(`the command line ${args.join(' ')} is refused: ${message}`, async () => {
      const { code, output, errors } = await run(...args);
      assert.equal(code, exitCode);
      assert.equal(output, '');
      assert.ok(errors.startsWith(message), errors);
    });
  }
});
