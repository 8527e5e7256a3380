import { createReadStream } from 'node:fs';
import { GENERATED_OWNERS } from './generate/owners.ts';
import { generateRecords, type GeneratorOptions } from './generate/generator.ts';
import type { RecordStore } from './record-store.ts';
import { readRecord, RecordError, type IndicatorRecord } from './record.ts';

/** A file that cannot be loaded. The message names the file and the line. */
export class DataFileError extends Error {
  override readonly name = 'DataFileError';
}

export function loadGenerated(store: RecordStore, count: number, options: GeneratorOptions): void {
  for (const owner of GENERATED_OWNERS) store.owners.add({ ...owner });
  for (const { text, lastModifiedMs } of generateRecords(count, options)) {
    store.add(readRecord(Buffer.from(text), lastModifiedMs));
  }
}

/**
 * Loads raw indicators, one on each line, and keeps the spelling of numbers. If an id occurs twice, the last line
 * counts. Skips empty lines. The owners come from the records: the first one is the Organization, the others are Sources.
 *
 * @throws {DataFileError} at the first line that is not an indicator
 */
export async function loadFile(store: RecordStore, path: string): Promise<void> {
  const byId = new Map<bigint, IndicatorRecord>();
  let number = 0;
  try {
    for await (const line of readLines(path)) {
      number++;
      if (line.trim() === '') continue;
      const record = readLine(line.trim());
      byId.set(record.id, record);
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const where = error instanceof RecordError ? `${path}, line ${number}` : path;
    throw new DataFileError(`${where}: ${reason}`, { cause: error });
  }
  for (const record of [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1))) {
    store.add(record);
  }
}

/** Splits only at line feeds: `node:readline` also splits at U+2028 and U+2029, which strings may contain. */
async function* readLines(path: string): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of createReadStream(path, 'utf8')) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  yield rest;
}

function readLine(line: string): IndicatorRecord {
  try {
    JSON.parse(line);
  } catch (error) {
    throw new RecordError('not JSON', { cause: error });
  }
  return readRecord(Buffer.from(line));
}
