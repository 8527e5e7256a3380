import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { canonicalJson } from '../../../mapping/canonical-json.ts';
import { contentFingerprint } from '../../../mapping/content-fingerprint.ts';
import { parseRecord } from '../../../mapping/parse-record.ts';
import { recordOf } from './compatible/map.ts';

for (const [text, canonical] of [
  ['{"b":1,"a":{"d":true,"c":null}}', '{"a":{"c":null,"d":true},"b":1}'],
  ['{"B":1,"a":2,"_":3,"":4}', '{"":4,"B":1,"_":3,"a":2}'],
  ['{"ﬀ":1,"😀":2}', '{"😀":2,"ﬀ":1}'], // by code unit, not by code point
  ['["b","a","a"]', '["a","a","b"]'],
  ['[10,9,1e3]', '[10,1000,9]'], // by text
  ['[[2,1],[1],{"b":[3,2]},{}]', '[[1,2],[1],{"b":[2,3]},{}]'],
  ['[[3],[1,2]]', '[[1,2],[3]]'],
  ['{"a":[],"b":{}}', '{"a":[],"b":{}}'],
  ['[5.00]', '[5]'],
  ['[-0]', '[0]'],
  ['[1e21]', '[1e+21]'],
  ['[1e-7]', '[1e-7]'],
  ['[9007199254740993]', '[9007199254740993]'],
  ['[-9007199254740993]', '[-9007199254740993]'],
  ['"é\\n\\u0022\\ud800"', '"é\\n\\"\uFFFD"'],
  ['{"x":{"left":1},"left":[1]}', '{"x":{}}'],
] as const) {
  test(`${text} is ${canonical} in every order`, () => {
    assert.equal(canonicalJson(parseRecord(text, false), new Set(['left'])), canonical);
  });
}

test('the hash of a document is of its content as the first version of the rule writes it', () => {
  const document = recordOf({
    '@timestamp': '2026-01-01T00:00:00.000Z',
    data_stream: { namespace: 'default' },
    ecs: { version: '8.11.0' },
    error: { message: ['x'] },
    event: { kind: 'enrichment', created: 'c', hash: 'h', ingested: 'i', original: 'o' },
    tags: ['t'],
    tcsync: { identity: 'i' },
    threat_connect: {
      indicator: {
        id: '5',
        deleted_at: 'd',
        expiration_duration: '90d',
        tags: { data: [{ name: 'b', last_used: 'l', lastUsed: 'l' }, { name: 'a' }] },
        associated_groups: {
          data: [{ up_vote_count: '1', down_vote_count: '1', upVoteCount: 1, downVoteCount: 1 }],
        },
      },
    },
  });
  const content =
    '{"ecs":{"version":"8.11.0"},"event":{"kind":"enrichment"},"threat_connect":{"indicator":{' +
    '"associated_groups":{"data":[{}]},"id":"5","tags":{"data":[{"name":"a"},{"name":"b"}]}}}}';
  const digest = createHash('sha256').update(content).digest('hex');
  assert.equal(contentFingerprint(document), `v1:${digest}`);
});
