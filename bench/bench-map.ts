import { RecordScanner, type RawRecord } from '../activities/threatconnect/record-scanner.ts';
import { mapRecord } from '../mapping/map-record.ts';
import type { MappingSettings } from '../mapping/mapping-settings.ts';
import { startThreatConnect } from '../stand-ins/threatconnect/server.ts';

const RECORDS = 6_000;
const PIECE_BYTES = 64 * 1024;
const ROUND_MS = 300;
const ROUNDS = 5;

const SETTINGS: MappingSettings = {
  namespace: 'default',
  tags: ['forwarded', 'threatconnect-indicator'],
  iocExpiration: '90d',
  preserveOriginalEvent: false,
  profile: 'enriched',
  expiry: 'confirmed',
  timestamp: 'modified',
  people: 'keep',
  passwords: 'drop',
};
const READING = { requestedAtMs: 1_767_225_600_000, feed: 'default', runId: 'run' };

/**
 * Prints how many records per second one core cuts out of a body, parses, maps, enriches and serialises: the best of
 * five rounds, for each type and all together, with and without associations, in both profiles.
 */
export async function benchMap(): Promise<void> {
  for (const associations of [false, true]) {
    const records = await sampleRecords(associations);
    process.stdout.write(`\n${associations ? 'with' : 'without'} associations\n`);
    process.stdout.write(row(['type', 'bytes', 'enriched/s', 'compatible/s', 'parse only/s']));
    const all = [...records.values()].flat();
    for (const [type, texts] of [...records, ['all', all] as const]) {
      const body = toBody(texts);
      const rates = [
        best(() => mapBody(body, 'enriched')),
        best(() => mapBody(body, 'compatible')),
        best(() => parseBody(body)),
      ];
      const bytes = Math.round(body.length / texts.length);
      process.stdout.write(
        row([type, String(bytes), ...rates.map((rate) => rate.toLocaleString('en-US'))]),
      );
    }
  }
}

/** Texts of generated records by type. */
async function sampleRecords(associations: boolean): Promise<Map<string, string[]>> {
  const server = await startThreatConnect({ records: RECORDS, associations });
  const text = await (await fetch(`${server.url}/_sim/records`)).text();
  await server.close();
  const byType = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const type = /"type":"([^"]*)","lastModified"/.exec(line)?.[1];
    if (type !== undefined) byType.set(type, [...(byType.get(type) ?? []), line]);
  }
  return byType;
}

function toBody(texts: readonly string[]): Buffer {
  return Buffer.from(`{"data":[${texts.join(',')}],"status":"Success"}`);
}

function mapBody(body: Buffer, profile: MappingSettings['profile']): number {
  const settings = { ...SETTINGS, profile };
  let bytes = 0;
  return scan(body, ({ text, plainNumbers }) => {
    const mapped = mapRecord(text, plainNumbers, settings, READING);
    if (mapped.kind === 'document') bytes += mapped.source.length;
  });
}

function parseBody(body: Buffer): number {
  return scan(body, ({ text }) => JSON.parse(text));
}

/** @returns how many records there were */
function scan(body: Buffer, onRecord: (record: RawRecord) => unknown): number {
  let records = 0;
  const scanner = new RecordScanner((record) => {
    records += 1;
    onRecord(record);
  }, Infinity);
  for (let at = 0; at < body.length; at += PIECE_BYTES) {
    scanner.push(body.subarray(at, at + PIECE_BYTES));
  }
  scanner.end();
  return records;
}

/** Records per second, the best of a few short rounds. Measures CPU time, because the machine may be shared. */
function best(work: () => number): number {
  let rate = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = process.cpuUsage();
    let records = 0;
    let tookMs = 0;
    do {
      records += work();
      const { user, system } = process.cpuUsage(start);
      tookMs = (user + system) / 1000;
    } while (tookMs < ROUND_MS);
    rate = Math.max(rate, Math.round((records / tookMs) * 1000));
  }
  return rate;
}

function row(cells: readonly string[]): string {
  return `${cells.map((cell, index) => (index === 0 ? cell.padEnd(16) : cell.padStart(14))).join('')}\n`;
}
