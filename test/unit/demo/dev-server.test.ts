import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { startDevServer } from '../../../demo/dev-server.ts';

let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tcsync-dev-server-'));
});
after(() => rm(folder, { recursive: true }));

const report = () => {};

test('the server at TEMPORAL_ADDRESS is used, and nothing is searched for, started or stopped', async () => {
  const lines: string[] = [];
  const server = await startDevServer({
    env: {
      TEMPORAL_ADDRESS: 'temporal.example:7233',
      TEMPORAL_NAMESPACE: 'intel',
      TEMPORAL_CLI: '/nowhere',
    },
    report: (line) => lines.push(line),
  });
  await server.stop();
  assert.deepEqual(
    [server.address, server.namespace, server.uiUrl, server.pid],
    ['temporal.example:7233', 'intel', null, null],
  );
  assert.deepEqual(lines, [
    'using the Temporal server at temporal.example:7233 (TEMPORAL_ADDRESS)',
  ]);
});

test('a port in use is named, and the program that listens there is not used as our server', async () => {
  const other = createServer();
  await once(other.listen(0, '127.0.0.1'), 'listening');
  const bound = other.address();
  assert.ok(bound !== null && typeof bound === 'object');
  const env = { TEMPORAL_CLI: await stub('exit 1') };
  await assert.rejects(startDevServer({ env, report, port: bound.port }), {
    name: 'DevServerError',
    message: `port ${bound.port} of 127.0.0.1: is in use`,
  });
  await assert.rejects(startDevServer({ env, report, uiPort: bound.port }), {
    message: `port ${bound.port} of 127.0.0.1: is in use`,
  });
  other.close();
});

test('a server that ends at its start is an error with its last lines at once, not after 30 seconds', async () => {
  const env = { TEMPORAL_CLI: await stub('echo "no space left on device" >&2; exit 3') };
  await assert.rejects(
    startDevServer({ env, report }),
    /did not get ready: it ended with exit code 3\nno space left on device/,
  );
});

test('if another program takes the port meanwhile, another port is used', async () => {
  const lines: string[] = [];
  const env = { TEMPORAL_CLI: await stub('echo "bind: address already in use: $*" >&2; exit 1') };
  await assert.rejects(startDevServer({ env, report: (line) => lines.push(line) }), /in use/);
  assert.equal(lines.length, 2); // the third attempt is the last
});

test('database, namespace and search attributes are on the command line of the server', async () => {
  const env = {
    TEMPORAL_CLI: await stub('for word in "$@"; do echo "$word" >&2; done; exit 1'),
    TEMPORAL_NAMESPACE: 'intel',
  };
  const started = startDevServer({
    env,
    report,
    dbFile: '/data/dev server.db',
    searchAttributes: [
      { name: 'TcOwner', type: 'KEYWORD' },
      { name: 'TcTags', type: 'KEYWORD_LIST' },
    ],
  });
  await assert.rejects(started, (error: unknown) => {
    assert.ok(error instanceof Error);
    const [, ...words] = error.message.split('\n');
    assert.deepEqual(
      words.filter((word) => !word.startsWith('--port=')),
      [
        'server',
        'start-dev',
        '--ip=127.0.0.1',
        '--log-level=error',
        '--headless',
        '--dynamic-config-value=system.enableActivityEagerExecution=true',
        '--dynamic-config-value=frontend.enableServerVersionCheck=false',
        '--namespace=intel',
        '--db-filename=/data/dev server.db',
        '--search-attribute=TcOwner=Keyword',
        '--search-attribute=TcTags=KeywordList',
      ],
    );
    return true;
  });
});

/** A `temporal` that answers `--version` and otherwise runs these lines of shell. */
async function stub(lines: string): Promise<string> {
  const file = join(folder, `temporal-${crypto.randomUUID()}`);
  const version = '[ "$1" = --version ] && echo "temporal version 1.5.1" && exit';
  await writeFile(file, `#!/bin/sh\n${version}\n${lines}\n`, { mode: 0o755 });
  return file;
}
