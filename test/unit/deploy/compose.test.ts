import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { parseEnv, promisify } from 'node:util';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { loadConfig } from '../../../config/load.ts';
import { DEFAULT_CREDENTIALS } from '../../../stand-ins/threatconnect/credentials.ts';
import { startThreatConnect } from '../../../stand-ins/threatconnect/server.ts';
import { interpolate, readText, toCompose, type Service } from './read-compose.ts';

const TEXT = readText('docker-compose.yml');
const { services, volumes } = toCompose(TEXT);
const ENTRIES = Object.entries(services);
const DEMO = parseEnv(readText('deploy/demo.env'));
const PASSWORDS = {
  POSTGRES_PASSWORD: 'one',
  ELASTIC_PASSWORD: 'two',
  KIBANA_PASSWORD: 'three',
  KIBANA_ENCRYPTION_KEY: 'four',
};

const isValid = new Ajv2020({ strict: false }).compile(
  JSON.parse(readText('test/fixtures/compose-spec/compose-spec.json')) as object,
);

test('docker-compose.yml is valid by the Compose specification', () => {
  assert.ok(isValid(toCompose(TEXT)), JSON.stringify(isValid.errors));
});

for (const [right, wrong] of [
  ['depends_on:', 'depend_on:'],
  ['condition: service_healthy', 'condition: healthy'],
  ["['127.0.0.1:7233:7233']", '{ 7233: 7233 }'],
  ['Number(!ok)', 'ok ? 0: 1'],
] as const) {
  test(`the schema refuses "${wrong}" in docker-compose.yml`, () => {
    assert.ok(TEXT.includes(right));
    assert.ok(!isValid(toCompose(TEXT.replaceAll(right, wrong))));
  });
}

test('every image that is fetched has the tag of one release', () => {
  for (const [name, { image, build }] of ENTRIES) {
    if (build === undefined)
      assert.match(image, /^[a-z./-]+:\d+\.\d+(\.\d+)?(-[a-z0-9.]+)?$/, name);
  }
});

for (const [one, other] of [
  ['elasticsearch', 'kibana'],
  ['elasticsearch', 'kibana-password'],
  ['temporal', 'temporal-schema'],
  ['temporal', 'temporal-namespace'],
] as const) {
  test(`${one} and ${other} have the same version`, () => {
    assert.equal(tagOf(services[one]), tagOf(services[other]));
  });
}

test('every service that keeps running has a health check and is restarted', () => {
  const lasting = ENTRIES.filter(([, service]) => isChecked(service)).map(([name]) => name);
  const restarted = ENTRIES.filter(([, { restart }]) => restart === 'unless-stopped');
  assert.deepEqual(
    lasting,
    restarted.map(([name]) => name),
  );
  assert.deepEqual(lasting.sort(), [
    'elasticsearch',
    'kibana',
    'postgresql',
    'temporal',
    'temporal-ui',
    'threatconnect',
    'worker',
  ]);
});

test('every condition that a service waits for can come true', () => {
  for (const [name, { depends_on = {} }] of ENTRIES) {
    for (const [other, { condition }] of Object.entries(depends_on)) {
      const awaited = services[other];
      assert.ok(awaited, `${name} waits for ${other}`);
      assert.equal(
        condition,
        isChecked(awaited) ? 'service_healthy' : 'service_completed_successfully',
        `${name} waits for ${other}`,
      );
    }
  }
});

test('every service has a memory limit', () => {
  for (const [name, { mem_limit }] of ENTRIES) assert.match(mem_limit ?? '', /^\d+[mg]$/, name);
});

test('ports are open on this machine only, each once', () => {
  const ports = ENTRIES.flatMap(([, service]) => service.ports ?? []);
  for (const port of ports) assert.match(port, /^127\.0\.0\.1:\d+:\d+$/);
  assert.equal(new Set(ports.map((port) => port.split(':')[1])).size, ports.length);
});

test('data outlives its container', () => {
  assert.deepEqual(Object.keys(volumes).sort(), ['elasticsearch', 'kibana', 'postgresql']);
  for (const name of Object.keys(volumes)) assert.ok(TEXT.includes(`volumes: ['${name}:/`), name);
});

test('docker-compose.yml holds no secret', () => {
  for (const [name, { environment = {} }] of ENTRIES) {
    for (const [key, value] of Object.entries(environment)) {
      if (!/PASSWORD|PWD|SECRET|KEY|TOKEN/.test(key)) continue;
      assert.match(String(value), /^(\$\{\w+:\?[^}]+\})?$/, `${key} of ${name}`);
    }
  }
});

test('the demo has the default secret of the stand-in, which protects nothing', () => {
  assert.equal(DEMO['TC_ACCESS_ID'], DEFAULT_CREDENTIALS.accessId);
  assert.equal(DEMO['TC_SECRET_KEY'], DEFAULT_CREDENTIALS.secretKey);
  assert.deepEqual(
    Object.keys(DEMO).filter((name) => /PASSWORD|PWD|SECRET|TOKEN/.test(name)),
    ['TC_SECRET_KEY'],
  );
});

test('the settings of the demo are complete and name the services that run in it', () => {
  const env = environmentOf('worker', { ...DEMO, ...PASSWORDS });
  const { source, sink } = loadConfig(env, { cwd: import.meta.dirname });
  for (const url of [source.url, sink.url, `http://${env['TEMPORAL_ADDRESS']}`]) {
    assert.ok(services[new URL(url ?? '').hostname], String(url));
  }
});

test('a filled-in .env.example and the settings of docker-compose.yml are complete together', () => {
  const given = {
    ...parseEnv(readText('.env.example')),
    TC_URL: 'https://threatconnect.example',
    TC_API_TOKEN: 'token',
  };
  loadConfig(environmentOf('worker', { ...given, ...PASSWORDS }), { cwd: import.meta.dirname });
});

test('without the address of ThreatConnect nothing starts', () => {
  assert.throws(() => interpolate(TEXT, PASSWORDS), /TC_URL set it in \.env/);
});

test('the worker gets only its own password', () => {
  const env = environmentOf('worker', { ...DEMO, ...PASSWORDS });
  const { ELASTIC_PASSWORD: own, ...others } = PASSWORDS;
  assert.equal(env['ES_PASSWORD'], own);
  for (const password of Object.values(others)) assert.ok(!Object.values(env).includes(password));
});

test("the stand-in's health check checks that it answers", async () => {
  const check = services['threatconnect']?.healthcheck?.test ?? [];
  const running = await startThreatConnect({ records: 1 });
  const [, , ...args] = check.map((word) =>
    word.replace('http://127.0.0.1:8080', new URL(running.url).origin),
  );
  try {
    await promisify(execFile)(process.execPath, args);
  } finally {
    await running.close();
  }
  await assert.rejects(promisify(execFile)(process.execPath, args));
});

test('the stand-in listens on the port that the worker, Compose and the health check use', () => {
  const { command = [], ports = [], healthcheck } = services['threatconnect'] ?? {};
  const port = command[command.indexOf('--port') + 1] ?? '';
  assert.equal(new URL(DEMO['TC_URL'] ?? '').port, port);
  assert.ok(ports[0]?.endsWith(`:${port}`));
  assert.ok(healthcheck?.test?.join(' ').includes(`127.0.0.1:${port}/`));
});

/** The environment of the container: `.env`, overridden by the settings of docker-compose.yml. */
function environmentOf(name: string, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { environment = {} } = services[name] ?? {};
  const own = Object.entries(environment).map(([key, value]) => [
    key,
    interpolate(String(value), env),
  ]);
  return { ...env, ...Object.fromEntries(own) };
}

function tagOf(service: Service | undefined): string | undefined {
  return service?.image.split(':')[1];
}

/** A service that is built here has the health check of the Dockerfile, which is that of the worker. */
function isChecked({ healthcheck, build, command }: Service): boolean {
  if (healthcheck?.disable === true) return false;
  return healthcheck?.test !== undefined || (build !== undefined && command === undefined);
}
