import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { requestTarget } from '../../../activities/threatconnect/request-target.ts';
import { createRedactor } from '../../../worker/redactor.ts';
import { anyText } from '../any-text.ts';

function spellingsOf(secret: string): string[] {
  return [
    secret,
    encodeURIComponent(secret),
    new URLSearchParams([['', secret]]).toString().slice(1),
    requestTarget('', [['', secret]]).slice(2),
    encodeURIComponent(secret).replace(/%../g, (escape) => escape.toLowerCase()),
    JSON.stringify(secret).slice(1, -1),
    Buffer.from(secret).toString('base64'),
    Buffer.from(secret).toString('base64url'),
  ];
}

const secrets = anyText({ minLength: 4 });

test('no spelling of a secret is left in a text', () => {
  fc.assert(
    fc.property(secrets, (secret) => {
      const redact = createRedactor([secret]);
      for (const spelling of spellingsOf(secret)) {
        const clean = redact(`<${spelling}> and <${spelling}>`);
        assert.match(clean, /^<\[secret\]=*> and <\[secret\]=*>$/);
      }
    }),
  );
});

test('a text without a secret stays as it is', () => {
  const redact = createRedactor(['s3cr3t$&$1', 'another one']);
  for (const text of ['', 'GET /api/v3/indicators: 401', 's3cr3t', '$& $1 [secret]']) {
    assert.equal(redact(text), text);
  }
});

test('if a secret is a part of another one, no rest of the longer one is left', () => {
  const redact = createRedactor(['pass', 'https://me:pass@proxy.example']);
  assert.equal(redact('via https://me:pass@proxy.example with pass'), 'via [secret] with [secret]');
});

test('all of several secrets are removed', () => {
  const redact = createRedactor(['first secret', 'second secret']);
  assert.equal(redact('first secret, second+secret'), '[secret], [secret]');
});

test('a secret with blanks around it is also removed without them', () => {
  assert.equal(createRedactor([' s3cr3t '])('TC-Token s3cr3t|'), 'TC-Token [secret]|');
});

test('a secret of three letters is not removed, because messages would become unreadable', () => {
  assert.equal(createRedactor(['the', ''])('the end'), 'the end');
});

test('a lone surrogate in a secret causes no failure', () => {
  assert.equal(createRedactor(['abc\uD800'])('abc\uD800'), '[secret]');
});
