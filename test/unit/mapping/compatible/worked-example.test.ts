import assert from 'node:assert/strict';
import { test } from 'node:test';
import { documentOf, idOf } from './map.ts';

const RECORD = `{"id": 9007199254918487, "type": "File", "summary": "AB12 : CD34",
  "lastModified": "2024-02-28T22:30:00.1239-02:00", "md5": "AB12", "sha256": "EF56", "size": "124",
  "confidence": 1, "rating": 5.00, "active": "TRUE", "dateAdded": "yesterday",
  "webLink": "https://tc.example/1",
  "tags": {"data": [{"id": 7, "name": "Phishing", "techniqueId": "T1566",
    "tactics": {"data": ["Initial Access"], "count": 1}, "platforms": {"data": ["Linux", "Linux"]}}]},
  "securityLabels": {}, "calScore": 3}`;

test('a record with all kinds of fields becomes exactly this document', () => {
  const { event, ...document } = documentOf(RECORD);
  const { original, ...restOfEvent } = event as { original: string };
  assert.equal(original.replaceAll(/\s/g, ''), RECORD.replaceAll(/\s/g, ''));
  assert.deepEqual(
    { ...document, event: restOfEvent },
    {
      '@timestamp': '2024-02-29T00:30:00.123Z',
      ecs: { version: '8.11.0' },
      data_stream: { type: 'logs', dataset: 'ti_threatconnect.indicator', namespace: 'default' },
      error: { message: ['dateAdded: cannot convert [yesterday] to date'] },
      event: {
        kind: ['enrichment', 'pipeline_error'],
        category: ['threat'],
        type: ['indicator'],
        dataset: 'ti_threatconnect.indicator',
        module: 'ti_threatconnect',
        id: 'AB12 : CD34',
      },
      os: { family: ['Linux'] },
      related: { hash: ['ab12', 'ef56'] },
      tags: ['preserve_original_event'],
      threat: {
        indicator: {
          provider: 'ThreatConnect',
          type: ['file'],
          confidence: 'None',
          file: { size: 124, hash: { md5: 'ab12', sha256: 'ef56' } },
          reference: ['https://tc.example/1'],
        },
        technique: { id: ['T1566'], name: ['Phishing'] },
      },
      threat_connect: {
        indicator: {
          id: '9007199254918487',
          type: 'File',
          summary: 'AB12 : CD34',
          last_modified: '2024-02-29T00:30:00.123Z',
          deleted_at: '2024-05-29T00:30:00.123Z',
          expiration_duration: '90d',
          md5: 'ab12',
          sha256: 'ef56',
          size: '124',
          confidence: 1,
          rating: 5,
          active: { value: true },
          web_link: 'https://tc.example/1',
          tags: {
            data: [{ name: 'Phishing', technique: { id: 'T1566' }, tactics: ['Initial Access'] }],
          },
        },
      },
    },
  );
  assert.equal(idOf(RECORD), 'Pqb77VnWJ/3VrGHBAVNWIgNRaac=');
});
