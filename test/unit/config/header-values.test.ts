import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ConfigError } from '../../../config/fault.ts';
import { loadTemporal } from '../../../config/load-temporal.ts';
import { configOf, errorOf, faultsOf } from './environment.ts';

const KEY = 'VnVhQ2ZHY0I6dWkybHAyYXg=';

/** The other variables that a variable needs. */
const WITH: Readonly<Record<string, Record<string, string>>> = {
  TC_API_TOKEN: { TC_ACCESS_ID: '', TC_SECRET_KEY: '' },
};

for (const name of [
  'ES_API_KEY',
  'ES_INSTALLER_API_KEY',
  'TC_API_TOKEN',
  'TEMPORAL_API_KEY',
  'TEMPORAL_GRPC_META_X_TENANT',
  'TEMPORAL_NAMESPACE',
]) {
  for (const [text, odd] of [
    [`${KEY}\n`, 'U+000A, a line break, as its last character'],
    [`${KEY}\r\n`, 'U+000D, a line break, as its 25th character'],
    [`Vn\u200BVhQ`, 'U+200B, a blank without width, as its 3rd character'],
    [`\uFEFF${KEY}`, 'U+FEFF, a byte order mark, as its first character'],
    ['ключ', 'U+043A as its first character'],
    [`V\u0000`, 'U+0000 as its last character'],
    ['é', 'U+00E9 as its first character'],
    ['a\u007F', 'U+007F as its last character'],
  ] as const) {
    test(`${name} with ${odd} is a fault at the start, not a connection that fails`, () => {
      assert.deepEqual(faultsOf({ ...WITH[name], [name]: text }), [
        `${name}: the value has ${odd}, which no HTTP header can hold`,
      ]);
    });
  }

  test(`${name} is accepted with every character that a header can hold`, () => {
    configOf({ ...WITH[name], [name]: ' !"#$%&\'()*+,-./09:;<=>?@AZ[\\]^_`az{|}~' });
  });
}

test('each bad header of an OTLP exporter is a fault of its own, which shows no value', () => {
  const { message, faults } = errorOf({
    OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer ${KEY}\u200B,x=1`,
    OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'a=1,authorization=ключ%0A',
  });
  assert.deepEqual(
    faults.map(({ name }) => name),
    ['OTEL_EXPORTER_OTLP_HEADERS', 'OTEL_EXPORTER_OTLP_TRACES_HEADERS'],
  );
  assert.doesNotMatch(message, /Bearer|VnVh|ключ/);
  configOf({ OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20x, other=100%' });
});

test('a user name and a password may hold every character except for control characters', () => {
  const user = { ES_USERNAME: 'ключ', ES_PASSWORD: 'пароль \u200B"\\' };
  assert.equal(configOf(user).sink.auth.kind, 'basic');
  assert.deepEqual(faultsOf({ ...user, ES_PASSWORD: 'pass\r\nword' }), [
    'ES_PASSWORD: the value has U+000D, a line break, as its 5th character, which no password can hold',
  ]);
  assert.deepEqual(faultsOf({ ...user, ES_USERNAME: 'a\nb' }), [
    'ES_USERNAME: the value is malformed',
  ]);
});

test('a Temporal address that is not host:port is a fault at the start, and not quoted', () => {
  for (const address of [
    'me:Hunter2@temporal:7233',
    'temporal:7233?key=Hunter2',
    ':7233',
    'temporal:',
    'temporal:7233/',
    'temporal:0',
    'temporal:65536',
    'temporal:port',
    'a:1,b:2',
    '::1',
    '[::1',
    'ключ:7233',
    'temporal:7233\n',
  ]) {
    const { message } = errorOf({ TEMPORAL_ADDRESS: address });
    assert.match(message, /TEMPORAL_ADDRESS: the value is not host:port/);
    assert.doesNotMatch(message, /Hunter2/);
  }
  for (const address of ['http://127.0.0.1:7233', 'dns:///temporal:7233']) {
    const { message } = errorOf({ TEMPORAL_ADDRESS: address });
    assert.match(message, /TEMPORAL_ADDRESS: the value has a scheme, but host:port has none/);
  }
  for (const address of ['[::1]:7233', '127.0.0.1', 'temporal_1.a-b.example:65535', '']) {
    configOf({ TEMPORAL_ADDRESS: address });
  }
});

test('an empty variable of Temporal is unset', () => {
  const { connectionOptions, namespace } = loadTemporal({
    TEMPORAL_ADDRESS: '',
    TEMPORAL_NAMESPACE: '',
    TEMPORAL_CONFIG_FILE: '/nowhere/temporal.toml',
  });
  assert.deepEqual([connectionOptions.address, namespace], ['localhost:7233', 'default']);
});

test('a fault in the file of Temporal’s profiles is reported without the key in the file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tcsync-temporal-'));
  const path = join(folder, 'temporal.toml');
  try {
    for (const [text, fault] of [
      ['[profile.default]\napi_key = "Hunter2" x\n', /^Invalid TOML document: /],
      ['[profile.default]\napi_key = "Hunter2\\n"\n', /^api_key has U\+000A, a line break/],
      ['[profile.default]\naddress = "http://Hunter2:7233"\n', /^address has a scheme/],
      ['[profile.default]\naddress = "Hunter2@a:1"\n', /^address is not host:port$/],
      ['[profile.default]\nnamespace = "Hunter2\\n"\n', /^namespace has U\+000A, a line break/],
      [
        '[profile.default.grpc_meta]\nx-tenant = "Hunter2é"\n',
        /^grpc_meta\.x-tenant has U\+00E9 as its last/,
      ],
    ] as const) {
      writeFileSync(path, text);
      assert.throws(
        () => loadTemporal({ TEMPORAL_CONFIG_FILE: path }),
        (error) => {
          assert.ok(error instanceof ConfigError);
          assert.match(error.faults[0]?.fault ?? '', fault);
          const isValue = !/TOML/.test(fault.source);
          assert.equal(
            error.faults[0]?.name,
            isValue ? `${path}: profile.default` : 'TEMPORAL_CONFIG_FILE',
          );
          assert.doesNotMatch(error.message, /Hunter2/);
          return true;
        },
      );
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
