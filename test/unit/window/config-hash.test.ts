import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configHash } from '../../../window/config-hash.ts';
import type { Feed } from '../../../contracts/feed.ts';

const URL = 'https://tc.example/api';
const FEED: Feed = {
  name: 'default',
  owners: ['Acme', 'Common Community'],
  types: ['Address', 'Host'],
  tql: 'rating > 3',
  fields: ['tags', 'attributes'],
  schedule: { everyMs: 300_000 },
};
const SETTINGS = { profile: 'enriched', expiry: 'confirmed', iocExpiration: '90d' };
const HASH = configHash(URL, FEED, SETTINGS);

for (const [what, hash] of [
  ['another instance', configHash('https://other.example/api', FEED, SETTINGS)],
  ['other owners', configHash(URL, { ...FEED, owners: ['Acme'] }, SETTINGS)],
  ['other types', configHash(URL, { ...FEED, types: [] }, SETTINGS)],
  [
    'an owner that is called like a type',
    configHash(URL, { ...FEED, owners: [...FEED.owners, 'Address'], types: ['Host'] }, SETTINGS),
  ],
  ['another filter', configHash(URL, { ...FEED, tql: 'rating > 4' }, SETTINGS)],
  ['no filter', configHash(URL, { ...FEED, tql: null }, SETTINGS)],
  ['other fields', configHash(URL, { ...FEED, fields: ['tags'] }, SETTINGS)],
  ['another profile', configHash(URL, FEED, { ...SETTINGS, profile: 'compatible' })],
  ['another expiry', configHash(URL, FEED, { ...SETTINGS, expiry: 'fixed' })],
  ['another expiration', configHash(URL, FEED, { ...SETTINGS, iocExpiration: '30d' })],
] as const) {
  test(`with ${what} everything is read again`, () => assert.notEqual(hash, HASH));
}

for (const [what, hash] of [
  ['the order of owners', configHash(URL, { ...FEED, owners: FEED.owners.toReversed() }, SETTINGS)],
  ['the order of types', configHash(URL, { ...FEED, types: FEED.types.toReversed() }, SETTINGS)],
  ['the order of fields', configHash(URL, { ...FEED, fields: FEED.fields.toReversed() }, SETTINGS)],
  ['the schedule', configHash(URL, { ...FEED, schedule: { everyMs: 1 } }, SETTINGS)],
] as const) {
  test(`a change of ${what} is no reason to read everything again`, () => assert.equal(hash, HASH));
}

test('a new version of the program finds the fingerprint of the old one', () => {
  assert.equal(HASH, 'e59799d2da0123baceee447a5c80edf9');
});
