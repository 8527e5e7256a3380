import assert from 'node:assert/strict';
import { test } from 'node:test';
import { format, inspect } from 'node:util';
import { Secret } from '../../../config/secret.ts';

/* oxlint-disable no-misused-spread, restrict-template-expressions -- the slips are what is tested */

const TEXT = 's3cr3t$%Key/+=';

test('a secret gives its text through reveal()', () => {
  assert.equal(new Secret(TEXT).reveal(), TEXT);
});

test('printing, joining, serialising or copying a secret does not give its text', () => {
  const secret = new Secret(TEXT);
  const holder = { secret, list: [secret] };
  const outputs = [
    String(secret),
    `${secret}`,
    [secret].join(','),
    'x'.concat(String(secret)),
    JSON.stringify(holder),
    inspect(holder, { depth: 9 }),
    inspect(holder, { depth: 9, showHidden: true, customInspect: false }),
    format('%s %o %O %j', secret, secret, secret, secret),
    JSON.stringify({ ...secret }),
    JSON.stringify(Object.entries(secret)),
    JSON.stringify(structuredClone({ ...secret })),
    JSON.stringify(structuredClone(secret)),
    inspect(new Error('failed', { cause: holder })),
  ];
  for (const output of outputs) assert.ok(!output.includes('s3cr3t'), output);
  assert.equal(JSON.stringify(secret), '"[secret]"');
  assert.equal(inspect(secret), '[secret]');
});
