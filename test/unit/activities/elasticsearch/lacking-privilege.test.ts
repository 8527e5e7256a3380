import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lackingPrivilege } from '../../../../activities/elasticsearch/lacking-privilege.ts';

for (const [reason, expected] of [
  [
    'action [cluster:admin/ilm/put] is unauthorized for API key id [x] of user [u], this action is granted by the cluster privileges [manage_ilm,manage,all]',
    'the cluster privilege manage_ilm (manage or all grants it too)',
  ],
  [
    'action [indices:admin/create] is unauthorized for user [u] with effective roles [r] on indices [a,logs-b-*], this action is granted by the index privileges [create_index,manage,all]',
    'the index privilege create_index on a, logs-b-* (manage or all grants it too)',
  ],
  [
    'action [indices:data/read/search] is unauthorized for user [u] on indices [.ds-a-000001], this action is granted by the index privileges [read,all]',
    'the index privilege read on .ds-a-000001 (all grants it too)',
  ],
  [
    'Cannot create transform [t] because user u lacks the required permissions [source-*:[], dest:[read, index], alias:[manage]]',
    'the index privileges read, index on dest; manage on alias',
  ],
  ['action [x] is unauthorized for user [u]', null],
  ['failed to parse [evil.example]', null],
  ['', null],
] as const) {
  test(`"${reason.slice(0, 60)}…" lacks ${expected}`, () => {
    assert.equal(lackingPrivilege(reason), expected);
  });
}
