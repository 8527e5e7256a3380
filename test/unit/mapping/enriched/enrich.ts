import { toCompatibleDocument } from '../../../../mapping/compatible/to-compatible.ts';
import { WRITTEN } from '../../../../mapping/enriched/spelling.ts';
import { toEnriched, type Reading } from '../../../../mapping/enriched/to-enriched.ts';
import type { Json, JsonObject } from '../../../../mapping/exact-json.ts';
import type { EnrichedSettings } from '../../../../mapping/mapping-settings.ts';
import { at, recordOf, SETTINGS as COMPATIBLE_SETTINGS } from '../compatible/map.ts';

export const SETTINGS: EnrichedSettings = {
  ...COMPATIBLE_SETTINGS,
  expiry: 'confirmed',
  timestamp: 'modified',
  people: 'keep',
  passwords: 'drop',
};

export const READING: Reading = {
  requestedAtMs: Date.parse('2026-06-15T12:34:56.789Z'),
  feed: 'default',
  runId: 'run-1',
};

/** The document of a record and its id, parsed from their JSON text. */
export function enrich(
  record: string | object,
  settings: Partial<EnrichedSettings> = {},
  reading: Partial<Reading> = {},
): { document: JsonObject; id: string } {
  const all = { ...SETTINGS, ...settings };
  const now = { ...READING, ...reading };
  const source = recordOf(record);
  const compatible = toCompatibleDocument(
    source,
    all,
    now.requestedAtMs,
    undefined,
    false,
    WRITTEN,
  );
  const { document, id } = toEnriched(compatible, source, all, now);
  return { document: recordOf(JSON.stringify(document)), id };
}

export function documentOf(
  record: string | object,
  settings: Partial<EnrichedSettings> = {},
): JsonObject {
  return enrich(record, settings).document;
}

/** The value at a path of a record's document. */
export function mapped(record: string | object, path: string): Json | undefined {
  return at(documentOf(record), path);
}

/** One record of each type, as the source sends it. */
export const RECORDS: readonly (JsonObject & { type: string })[] = [
  { type: 'Address', ip: '192.0.2.1', summary: '192.0.2.1' },
  { type: 'EmailAddress', address: 'a@bad.example', summary: 'a@bad.example' },
  {
    type: 'File',
    md5: 'F5A2496CF66CB8CFFE66CB1B27D7DEDE',
    sha256: '7D5FFFBFE8D098E369466164F705B4D692517A2B4659A03901DAF67CF7812345',
    size: 124,
    summary: 'F5A2496CF66CB8CFFE66CB1B27D7DEDE',
  },
  { type: 'Host', hostName: 'bad.example.net', dnsActive: true, summary: 'bad.example.net' },
  { type: 'URL', text: 'https://bad.example.net/x', summary: 'https://bad.example.net/x' },
  { type: 'ASN', 'AS Number': 'ASN64496', summary: 'ASN64496' },
  { type: 'CIDR', Block: '192.0.2.0/24', summary: '192.0.2.0/24' },
  { type: 'Email Subject', Subject: 'You won', summary: 'You won' },
  { type: 'Hashtag', Hashtag: '#bad', summary: '#bad' },
  { type: 'Mutex', Mutex: 'Bad.Mutex()', summary: 'Bad.Mutex()' },
  {
    type: 'Registry Key',
    'Key Name': 'HKEY_LOCAL_MACHINE\\Software\\Bad',
    'Value Name': 'Run',
    'Value Type': 'REG_SZ',
    summary: 'HKEY_LOCAL_MACHINE\\Software\\Bad : Run : REG_SZ',
  },
  { type: 'User Agent', 'User Agent String': 'Bad/1.0', summary: 'Bad/1.0' },
  { type: 'Vehicle', Plate: 'B-AD 1', summary: 'B-AD 1' },
].map((record, index) =>
  Object.assign(record, {
    id: 700_000 + index,
    ownerName: 'Acme',
    dateAdded: '2026-06-01T08:15:42Z',
    lastModified: '2026-06-09T21:00:11Z',
    confidence: 85,
  }),
);
