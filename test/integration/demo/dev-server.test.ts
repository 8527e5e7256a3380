import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test, type TestContext } from 'node:test';
import { Client, Connection } from '@temporalio/client';

import { startDevServer, type DevServer, type DevServerOptions } from '../../../demo/dev-server.ts';
import { findTemporalBinary } from '../../../demo/temporal-binary.ts';

const DEMO = new URL('../../../demo/', import.meta.url);

let folder = '';
const env: NodeJS.ProcessEnv = {
  ...process.env,
  TEMPORAL_ADDRESS: undefined,
  TEMPORAL_NAMESPACE: undefined,
};
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tcsync-dev-server-'));
  env.TEMPORAL_CLI = await findTemporalBinary(process.env, console.error);
});
after(() => rm(folder, { recursive: true }));

test('the server is ready when start returns, and its process has ended when stop returns', async (t) => {
  const server = await start(t);
  const client = await clientOf(t, server);
  await client.workflow.start('anything', { taskQueue: 'nobody', workflowId: 'one' });
  assert.equal(isAlive(server.pid), true);

  await Promise.all([server.stop(), server.stop()]);
  assert.equal(isAlive(server.pid), false);
  assert.equal(await server.exited, 'ended with exit code 0');
});

test('after a restart on its port and database file the server still has its workflows', async (t) => {
  const options = {
    env: { ...env, TEMPORAL_NAMESPACE: 'intel' },
    dbFile: join(folder, 'temporal.db'),
    searchAttributes: [{ name: 'TcOwner', type: 'KEYWORD' }],
  } satisfies Partial<DevServerOptions>;
  const first = await start(t, options);
  const client = await clientOf(t, first);
  const { workflowId, firstExecutionRunId } = await client.workflow.start('anything', {
    taskQueue: 'nobody',
    workflowId: 'survivor',
    searchAttributes: { TcOwner: ['Acme'] },
  });
  await first.stop();

  const second = await start(t, { ...options, port: Number(first.address.split(':')[1]) });
  assert.equal(second.address, first.address);
  const found = await (await clientOf(t, second)).workflow.getHandle(workflowId).describe();
  assert.deepEqual([found.status.name, found.runId], ['RUNNING', firstExecutionRunId]);
  assert.deepEqual(found.searchAttributes['TcOwner'], ['Acme']);
});

test('a server that hangs is killed five seconds after SIGTERM', async (t) => {
  const server = await start(t);
  assert.ok(server.pid !== null);
  process.kill(server.pid, 'SIGSTOP');
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const stopped = server.stop();
  t.mock.timers.tick(5_000);
  await stopped;
  assert.equal(await server.exited, 'ended with SIGKILL');
});

test('the server ends if its parent process is killed', async (t) => {
  const script = `
    import { startDevServer } from ${JSON.stringify(new URL('dev-server.ts', DEMO).href)};
    const server = await startDevServer({ env: process.env, report: console.error });
    console.log(server.address);`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => parent.kill('SIGKILL'));
  const [address] = await once(createInterface({ input: parent.stdout }), 'line');
  const socket = connect(Number(String(address).split(':')[1]), '127.0.0.1');
  t.after(() => socket.destroy());
  await once(socket, 'connect');
  const closed = new Promise((resolve) => {
    // connections of a killed server may be closed or reset
    socket.resume().once('error', () => undefined);
    socket.once('close', resolve);
  });
  parent.kill('SIGKILL');
  await closed; // by the server: the client did not close it
});

test('npm run temporal prints the addresses of the server and its UI, and stops the server on SIGTERM', async (t) => {
  const [port, uiPort] = [await freePort(), await freePort()];
  const program = spawn(
    process.execPath,
    [
      new URL('start-temporal.ts', DEMO).pathname,
      '--port',
      String(port),
      '--ui-port',
      String(uiPort),
    ],
    { env: { ...env, TEMPORAL_ADDRESS: `127.0.0.1:${port}` }, stdio: ['ignore', 'pipe', 'ignore'] },
  );
  t.after(() => program.kill('SIGKILL'));
  const lines = createInterface({ input: program.stdout })[Symbol.asyncIterator]();
  assert.equal(
    (await lines.next()).value,
    `Temporal listens on 127.0.0.1:${port} (namespace default)`,
  );
  assert.equal((await lines.next()).value, `its UI is at http://127.0.0.1:${uiPort}`);
  assert.equal((await fetch(`http://127.0.0.1:${uiPort}`)).status, 200);
  await Connection.connect({ address: `127.0.0.1:${port}` }).then((connection) =>
    connection.close(),
  );

  program.kill('SIGTERM');
  assert.deepEqual(await once(program, 'close'), [0, null]);
  await assert.rejects(once(connect(port, '127.0.0.1'), 'connect'), { code: 'ECONNREFUSED' });
});

async function start(t: TestContext, options: Partial<DevServerOptions> = {}): Promise<DevServer> {
  const server = await startDevServer({ env, report: console.error, ...options });
  t.after(() => server.stop());
  return server;
}

async function clientOf(t: TestContext, { address, namespace }: DevServer): Promise<Client> {
  const connection = await Connection.connect({ address });
  t.after(() => connection.close());
  return new Client({ connection, namespace });
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await once(probe.listen(0, '127.0.0.1'), 'listening');
  const bound = probe.address();
  assert.ok(bound !== null && typeof bound === 'object');
  probe.close();
  return bound.port;
}

function isAlive(pid: number | null): boolean {
  assert.ok(pid !== null);
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
