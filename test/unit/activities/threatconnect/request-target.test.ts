import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  QUERY_CHARACTERS,
  requestBody,
  requestTarget,
} from '../../../../activities/threatconnect/request-target.ts';
import { anyText } from '../../any-text.ts';

const PATH = '/api/v3/indicators';
const texts = anyText();
const queries = fc.array(fc.tuple(texts, texts), { minLength: 1, maxLength: 4 });

function queryOf(target: string): string {
  assert.ok(target.startsWith(`${PATH}?`));
  return target.slice(PATH.length + 1);
}

test('all parameters arrive in their order, also repeated keys', () => {
  fc.assert(
    fc.property(queries, (query) => {
      const decoded = queryOf(requestTarget(PATH, query))
        .split('&')
        .map((pair) => pair.split('=').map(decodeURIComponent));
      assert.deepEqual(decoded, query);
    }),
  );
});

test('a request target has only unreserved characters and %XX', () => {
  fc.assert(
    fc.property(queries, (query) => {
      assert.match(
        queryOf(requestTarget(PATH, query)),
        /^(?:[A-Za-z0-9\-._~]|%[0-9A-F]{2}|[=&])*$/,
      );
    }),
  );
});

test('`URL` rewrites nothing, so the request that is sent equals the signed one', () => {
  fc.assert(
    fc.property(queries, (query) => {
      const target = requestTarget(PATH, query);
      const { pathname, search } = new URL(target, 'https://tc.example');
      assert.equal(`${pathname}${search}`, target);
    }),
  );
});

for (const [text, encoded] of [
  ["'", '%27'],
  ['(', '%28'],
  [')', '%29'],
  ['*', '%2A'],
  ['!', '%21'],
  ['|', '%7C'],
  ['^', '%5E'],
  ['`', '%60'],
  [' ', '%20'],
  ['+', '%2B'],
  ['"', '%22'],
  ['<', '%3C'],
  ['>', '%3E'],
  ['%', '%25'],
  ['é', '%C3%A9'],
  ['🦊', '%F0%9F%A6%8A'],
  ['-._~aZ09', '-._~aZ09'],
  ['\uD800', '%EF%BF%BD'],
] as const) {
  test(`${JSON.stringify(text)} is encoded as ${encoded}`, () => {
    assert.equal(requestTarget(PATH, [['tql', text]]), `${PATH}?tql=${encoded}`);
  });
}

test('without parameters there is no question mark, which would be signed', () => {
  assert.equal(requestTarget(PATH), PATH);
  assert.equal(requestTarget(PATH, []), PATH);
});

test('a long query goes into a body as in the vendor’s client, a short one does not', () => {
  const long = `summary = "${'é"\\'.repeat(QUERY_CHARACTERS)}"`;
  const query = [
    ['tql', long],
    ['sorting', 'id asc'],
    ['resultStart', '20'],
    ['resultLimit', '100'],
    ['count', 'true'],
    ['fields', 'tags'],
    ['fields', 'attributes'],
  ] as const;
  assert.deepEqual(JSON.parse(requestBody(query) ?? ''), {
    data: {
      tql: long,
      sorting: 'id asc',
      resultStart: 20,
      resultLimit: 100,
      count: true,
      fields: ['tags', 'attributes'],
    },
  });
  assert.equal(requestBody(query.slice(1)), null);
  assert.equal(requestBody([]), null);
});
