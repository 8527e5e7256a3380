import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { parseEnv } from 'node:util';
import { interpolate, readText, ROOT } from './read-compose.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'tcsync-env-'));
  for (const name of ['deploy', '.env.example']) {
    cpSync(path.join(ROOT, name), path.join(folder, name), { recursive: true });
  }
});
afterEach(() => rmSync(folder, { recursive: true }));

test('two commands start the demo, and there is nothing to fill in', () => {
  interpolate(readText('docker-compose.yml'), parseEnv(makeEnv('deploy/demo.env')));
});

test('every password is different, and only the owner may read the file', () => {
  const made = parseEnv(makeEnv());
  const passwords = Object.entries(made).filter(([name]) =>
    /^(POSTGRES|ELASTIC|KIBANA)_/.test(name),
  );
  assert.equal(passwords.length, 4);
  assert.equal(new Set(passwords.map(([, password]) => password)).size, 4);
  for (const [name, password] of passwords) assert.match(password ?? '', /^[0-9a-f]{32}$/, name);
  assert.equal(statSync(path.join(folder, '.env')).mode & 0o777, 0o600);
});

test('existing values of .env stay, even if its last line has no line break', () => {
  writeFileSync(path.join(folder, '.env'), "ELASTIC_PASSWORD=mine\nTC_SECRET_KEY='it is'");
  const made = makeEnv();
  assert.ok(made.startsWith("ELASTIC_PASSWORD=mine\nTC_SECRET_KEY='it is'\nPOSTGRES_PASSWORD="));
  assert.equal(makeEnv(), made);
});

/** The `.env` that `sh deploy/env.sh` makes. */
function makeEnv(...args: string[]): string {
  execFileSync('sh', ['deploy/env.sh', ...args], { cwd: folder });
  return readFileSync(path.join(folder, '.env'), 'utf8');
}
