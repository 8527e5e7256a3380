import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { globSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { WORKER_NODE_FLAGS } from '../../../config/worker-flags.ts';
import { readText, ROOT } from './read-compose.ts';

/** Instructions, one per line. */
const DOCKERFILE = readText('Dockerfile')
  .replaceAll(/^#.*\n/gm, '')
  .replaceAll(/\\\n\s*/g, '')
  .split('\n')
  .filter((line) => line !== '');
const ALLOWED = readText('.dockerignore')
  .split('\n')
  .flatMap((line) => (line.startsWith('!') ? [line.slice(1)] : []));
const PACKAGE = JSON.parse(readText('package.json')) as {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
};

test('the image has the Node version of the tests', () => {
  const bases = argumentsOf('FROM');
  assert.equal(bases.length, 2);
  for (const base of bases) {
    assert.equal(base.split(' ')[0], `node:${PACKAGE.devDependencies['node']}-slim`);
  }
});

test('the image runs the worker as `tcsync worker` does, and not as root', () => {
  const command = JSON.parse(argumentsOf('CMD')[0] ?? '') as unknown;
  assert.deepEqual(command, ['node', ...WORKER_NODE_FLAGS, 'worker/main.ts']);
  assert.deepEqual(argumentsOf('USER'), ['node']);
  assert.deepEqual(argumentsOf('ENTRYPOINT'), []);
});

test('every file that the image copies exists', () => {
  const sources = argumentsOf('COPY').flatMap((words) =>
    words.startsWith('--from') ? [] : words.split(' ').slice(0, -1),
  );
  assert.deepEqual(sources, ['package.json', 'package-lock.json', 'stand-ins/package.json', '.']);
  for (const name of sources) assert.ok(name === '.' || ALLOWED.includes(name), name);
  for (const name of ALLOWED) assert.equal(globSync(name, { cwd: ROOT }).length, 1, name);
});

test('the image gets only files that .dockerignore names', () => {
  const first = readText('.dockerignore')
    .split('\n')
    .find((line) => !line.startsWith('#'));
  assert.equal(first, '*');
  for (const name of ['.env', '.git', 'node_modules', 'test']) assert.ok(!ALLOWED.includes(name));
});

test('the image holds every module and package that its programs import', () => {
  for (const file of globSync(
    ALLOWED.map((name) => (/\.(ts|mjs)$/.test(name) ? name : `${name}/**/*.{ts,mjs}`)),
    { cwd: ROOT, exclude: ['worker/.bundle', 'stand-ins/threatconnect/test'] },
  )) {
    for (const [, specifier = ''] of readText(file).matchAll(
      /^(?:import|export) (?!type\b)(?:[^;]*? from )?'([^']+)'/gm,
    )) {
      if (specifier.startsWith('node:')) continue;
      const found = specifier.startsWith('.')
        ? ALLOWED.some((name) =>
            `${path.join(path.dirname(file), specifier)}/`.startsWith(`${name}/`),
          )
        : Object.keys(PACKAGE.dependencies).some((name) => `${specifier}/`.startsWith(`${name}/`));
      assert.ok(found, `${file} imports ${specifier}`);
    }
  }
});

test("the worker's health check is its readiness", async () => {
  const check = JSON.parse(
    /CMD (\[.*)/.exec(argumentsOf('HEALTHCHECK')[0] ?? '')?.[1] ?? '[]',
  ) as string[];
  assert.equal(check[0], 'node');
  const asked: (string | undefined)[] = [];
  let status = 200;
  const server = createServer(({ url }, response) => {
    asked.push(url);
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const ask = () =>
    promisify(execFile)(process.execPath, check.slice(1), { env: { TCSYNC_HTTP_PORT: `${port}` } });
  try {
    await ask();
    assert.deepEqual(asked, ['/readyz']);
    status = 503;
    await assert.rejects(ask());
  } finally {
    server.close();
  }
  await assert.rejects(ask());
});

function argumentsOf(instruction: string): string[] {
  return DOCKERFILE.flatMap((line) =>
    line.startsWith(`${instruction} `) ? [line.slice(instruction.length + 1)] : [],
  );
}
