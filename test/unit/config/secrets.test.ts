import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parseEnv } from 'node:util';
import * as fc from 'fast-check';
import type { Config } from '../../../config/config.ts';
import { configOf, faultsOf } from './environment.ts';

const HOSTILE = [
  's3cr3t$%Key/+=&with^odd!chars',
  '$HOME ${HOME} $(id) `id` %PATH%',
  '"quoted"',
  "it's",
  '\\n\\t\\\\ back\\',
  '# not a comment',
  'a=b=c==',
  ' blanks at both ends  ',
  'naïve ключ 秘密 🔑',
  'null',
  '[secret]',
];

const folder = mkdtempSync(join(tmpdir(), 'tcsync-secrets-'));
after(() => rmSync(folder, { recursive: true }));

function secretKey({ source: { credentials } }: Config): string {
  assert.ok(credentials.scheme === 'hmac');
  return credentials.secretKey.reveal();
}

function fromFile(content: string | Uint8Array): string {
  const path = join(folder, 'secret_key');
  writeFileSync(path, content);
  return secretKey(configOf({ TC_SECRET_KEY: '', TC_SECRET_KEY_FILE: path }));
}

/** Quotes a secret as `.env.example` says. */
function quotedForEnvFile(secret: string): string {
  return secret.includes("'") ? `\`${secret}\`` : `'${secret}'`;
}

const anySecret = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1 }),
  fc.string({ unit: fc.constantFrom(...Array.from('$%"\'`\\=# \t\r\nab')), minLength: 1 }),
);

test('no character of a secret in the environment is changed', () => {
  fc.assert(
    fc.property(anySecret, (secret) => {
      assert.equal(secretKey(configOf({ TC_SECRET_KEY: secret })), secret);
    }),
  );
});

test('no character of a secret in a file is changed, except for one line break at its end', () => {
  fc.assert(
    fc.property(anySecret, (secret) => {
      assert.equal(fromFile(`${secret}\r\n`), secret);
      if (!secret.endsWith('\r')) assert.equal(fromFile(`${secret}\n`), secret);
      if (!secret.endsWith('\n')) assert.equal(fromFile(secret), secret);
    }),
  );
});

test('a byte order mark, two line breaks and blanks are part of a secret in a file', () => {
  assert.equal(fromFile('\uFEFF key \n\n'), '\uFEFF key \n');
});

for (const secret of HOSTILE) {
  test(`the secret ${JSON.stringify(secret)} survives an env file quoted as .env.example says`, () => {
    const env = parseEnv(`A=1\nTC_SECRET_KEY=${quotedForEnvFile(secret)}\nTC_PAGE_SIZE=7\n`);
    assert.equal(env['TC_PAGE_SIZE'], '7');
    assert.equal(secretKey(configOf({ TC_SECRET_KEY: env['TC_SECRET_KEY'] ?? '' })), secret);
  });
}

test('every secret without both kinds of quote survives an env file', () => {
  const secret = fc
    .string({ unit: fc.constantFrom(...Array.from('$%"\'`\\=# \tanr{}')), minLength: 1 })
    .filter((text) => !(text.includes("'") && text.includes('`')));
  fc.assert(
    fc.property(secret, (text) => {
      const env = parseEnv(`TC_SECRET_KEY=${quotedForEnvFile(text)}\n`);
      assert.equal(env['TC_SECRET_KEY'], text);
    }),
  );
});

test('every secret may come from a file', () => {
  const path = join(folder, 'any');
  writeFileSync(path, 'from a file\n');
  const { sink } = configOf({ ES_API_KEY_FILE: path, ES_INSTALLER_API_KEY_FILE: path });
  assert.ok(sink.auth.kind === 'apiKey' && sink.installerAuth.kind === 'apiKey');
  assert.equal(sink.auth.apiKey.reveal(), 'from a file');
  assert.equal(sink.installerAuth.apiKey.reveal(), 'from a file');
  const user = configOf({ ES_USERNAME: 'me', ES_PASSWORD_FILE: path }).sink.auth;
  assert.ok(user.kind === 'basic');
  assert.equal(user.password.reveal(), 'from a file');
  const token = configOf({ TC_ACCESS_ID: '', TC_SECRET_KEY: '', TC_API_TOKEN_FILE: path });
  assert.equal(token.source.credentials.scheme, 'token');
});

test('blanks around an access id in a file are removed', () => {
  const path = join(folder, 'access_id');
  writeFileSync(path, ' 123 \r\n');
  const { credentials } = configOf({ TC_ACCESS_ID: '', TC_ACCESS_ID_FILE: path }).source;
  assert.ok(credentials.scheme === 'hmac');
  assert.equal(credentials.accessId, '123');
});

test('a relative path is relative to the working directory', () => {
  writeFileSync(join(folder, 'relative'), 'from a file\n');
  const config = configOf({ TC_SECRET_KEY: '', TC_SECRET_KEY_FILE: 'relative' }, { cwd: folder });
  assert.equal(secretKey(config), 'from a file');
});

test('a secret from two places, from an empty file or from none is refused with the path', () => {
  const empty = join(folder, 'empty');
  writeFileSync(empty, '\r\n');
  const binary = join(folder, 'binary');
  writeFileSync(binary, new Uint8Array([0x73, 0xff, 0xfe]));
  const file = (path: string) => ({ TC_SECRET_KEY: '', TC_SECRET_KEY_FILE: path });
  assert.deepEqual(faultsOf({ TC_SECRET_KEY: 'x', TC_SECRET_KEY_FILE: empty }), [
    'TC_SECRET_KEY_FILE: is set together with TC_SECRET_KEY: only one of them is possible',
  ]);
  assert.deepEqual(faultsOf(file(empty)), [
    `TC_SECRET_KEY_FILE: ${JSON.stringify(empty)} is empty`,
  ]);
  assert.deepEqual(faultsOf(file(binary)), [
    `TC_SECRET_KEY_FILE: ${JSON.stringify(binary)} is not UTF-8 text`,
  ]);
  assert.deepEqual(faultsOf(file(folder)), [
    `TC_SECRET_KEY_FILE: ${JSON.stringify(folder)} is a folder`,
  ]);
  assert.deepEqual(faultsOf(file('/does/not/exist')), [
    'TC_SECRET_KEY_FILE: "/does/not/exist" does not exist',
  ]);
});
