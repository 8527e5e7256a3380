import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { toTql, type Selection } from '../../../../activities/threatconnect/tql.ts';
import { toInstant } from '../../../../contracts/instant.ts';
import { anyText } from '../../any-text.ts';

const ALL: Selection = {
  from: null,
  to: null,
  owners: [],
  ownerIds: null,
  types: [],
  tql: null,
  afterId: null,
};

for (const [selection, tql] of [
  [{}, ''],
  [{ from: '2026-01-31T12:34:56Z' }, 'lastModified >= "2026-01-31T12:34:56Z"'],
  [{ to: '2026-01-31T12:34:56Z' }, 'lastModified < "2026-01-31T12:34:56Z"'],
  [{ afterId: '9007199254918487' }, 'id > 9007199254918487'],
  [{ ownerIds: ['3', '5'] }, 'owner IN (3, 5)'],
  [{ owners: ['Acme'] }, 'ownerName IN ("Acme")'],
  [{ owners: ["O'Neil", 'Café'] }, String.raw`ownerName IN ("O\'Neil", "Café")`],
  [{ types: ['Address', 'Registry Key'] }, 'typeName IN ("Address", "Registry Key")'],
  [{ ids: ['9007199254918487'] }, 'id = 9007199254918487'],
  [{ ids: ['1', '9007199254918487'] }, 'id IN (1, 9007199254918487)'],
  [{ afterId: '5', beforeId: '9' }, 'id > 5 AND id < 9'],
  [
    { record: { owner: 'Acme', type: 'URL', summary: 'http://x/"a"' } },
    String.raw`ownerName = "Acme" AND typeName = "URL" AND summary = "http://x/\"a\""`,
  ],
  [{ tql: 'rating > 3' }, '(rating > 3)'],
  [
    { afterId: '7', tql: 'rating > 3 OR confidence > 50' },
    'id > 7 AND (rating > 3 OR confidence > 50)',
  ],
] as const) {
  test(`${JSON.stringify(selection)} becomes the query ${tql === '' ? 'for everything' : tql}`, () => {
    assert.equal(toTql({ ...ALL, ...selection }), tql);
  });
}

test('all conditions are joined by AND, the operator’s own last and in parentheses', () => {
  assert.equal(
    toTql({
      from: '2026-01-01T00:00:00Z',
      to: '2026-01-02T00:00:00Z',
      afterId: '7',
      ownerIds: ['3'],
      owners: ['Acme'],
      types: ['Host'],
      tql: 'a = 1 OR b = 2',
    }),
    'lastModified >= "2026-01-01T00:00:00Z" AND lastModified < "2026-01-02T00:00:00Z" AND id > 7 ' +
      'AND owner IN (3) AND ownerName IN ("Acme") AND typeName IN ("Host") AND (a = 1 OR b = 2)',
  );
});

test('dates have no fraction, because the server sometimes refuses one', () => {
  const day = { min: 0, max: Date.UTC(2100, 0) };
  fc.assert(
    fc.property(fc.nat(day), fc.nat(day), (from, to) => {
      assert.match(
        toTql({ ...ALL, from: toInstant(from), to: toInstant(to) }),
        /^lastModified >= "[-\dT]{11}[\d:]{8}Z" AND lastModified < "[-\dT]{11}[\d:]{8}Z"$/,
      );
    }),
  );
});

test('no character in a name can end its quotation', () => {
  const odd = fc.array(
    fc.oneof(fc.constantFrom('"', "'", '`', '\\', ' OR 1 = 1', ')'), anyText()),
    { maxLength: 6 },
  );
  const names = fc.array(
    odd.map((pieces) => pieces.join('')),
    { minLength: 1, maxLength: 3 },
  );
  fc.assert(
    fc.property(names, (owners) => {
      assert.deepEqual(readNames(toTql({ ...ALL, owners })), owners);
    }),
  );
});

/** Reads `ownerName IN ("…", "…")` as the server does: a backslash stands before each quote and backslash. */
function readNames(tql: string): string[] {
  const inside = /^ownerName IN \((.*)\)$/s.exec(tql)?.[1] ?? assert.fail(tql);
  const literals = inside.match(/"(?:[^"'`\\]|\\["'`\\])*"/gs) ?? [];
  assert.equal(literals.join(', '), inside);
  return literals.map((literal) => literal.slice(1, -1).replaceAll(/\\(.)/gs, '$1'));
}
