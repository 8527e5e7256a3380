import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { FIELDS } from '../../../config/selection-kinds.ts';
import { mapRecord } from '../../../mapping/map-record.ts';
import { at } from '../../unit/mapping/compatible/map.ts';
import { READING, SETTINGS } from '../../unit/mapping/enriched/enrich.ts';
import {
  startUnderTest,
  type UnderTest,
} from '../../../stand-ins/threatconnect/test/threatconnect-under-test.ts';

/** The fields with the values of types that the source sends with keys of their own. */
const VALUES = [
  'threat.indicator.ip',
  'threat.indicator.as.number',
  'threat.indicator.email.address',
  'threat.indicator.file.hash',
  'threat.indicator.registry',
  'threat.indicator.url',
  'threat.indicator.user_agent.original',
  'threat_connect.indicator.block',
  'threat_connect.indicator.hashtag',
  'threat_connect.indicator.mutex',
  'threat_connect.indicator.subject',
];

describe('fields that TC_FIELDS offers', () => {
  let server: UnderTest;
  before(async () => {
    server = await startUnderTest({ records: 200 });
  });
  after(() => server.close());

  async function valuesWith(fields: readonly string[]): Promise<unknown[]> {
    const order = { sorting: 'id asc', resultLimit: 200 };
    const { status, rows } = await server.list('indicators', { ...order, fields });
    assert.equal(status, 200);
    return rows.map((record) => {
      const settings = { ...SETTINGS, profile: 'enriched' as const };
      const mapped = mapRecord(JSON.stringify(record), false, settings, READING);
      assert.ok(mapped.kind === 'document');
      const document = JSON.parse(mapped.source);
      return VALUES.map((path) => at(document, path));
    });
  }

  for (const field of FIELDS) {
    test(`with ${field} the documents of every type have the same values as without it`, async () => {
      assert.deepEqual(await valuesWith([field]), await valuesWith([]));
    });
  }
});
