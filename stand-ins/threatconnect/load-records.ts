import { createReadStream } from 'node:fs';
import { GENERATED_OWNERS } from './generate/owners.ts';
import { generateRecords, type GeneratorOptions } from './generate/generator.ts';
import type { RecordStore } from './record-store.ts';
import { readRecord, RecordError, type IndicatorRecord } from './record.ts';

/** A file that cannot be loaded; the message names it and the line. */
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
 * Loads raw indicators, one a line, texts and number literals as they are. Of one id the last line wins; empty
 * lines are skipped. Owners are those that the records name: the first as Organization, the others as Sources.
 *
 * @throws {DataFileError} at the first line that is no indicator
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

/** Ends lines at line feeds alone: node:readline also breaks inside strings, at U+2028 and U+2029. */
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
