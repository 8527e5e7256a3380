import { partOf } from './fields.ts';
import { splitObject, type Member } from './raw-json.ts';

/** Ids are signed 64-bit integers, like Java's `long`. */
export const MAX_ID = 2n ** 63n - 1n;

/** Bytes of one run: the code of its part, and its end. */
const RUN_BYTES = 5;

/**
 * One indicator as bytes, with the values that are needed to find, sort and cut it.
 *
 * The text is divided into runs: adjacent members that belong to the same `fields` value. A run starts at
 * the separator before its first member (`{` or `,`) and ends after its last value.
 */
export interface IndicatorRecord {
  text: Buffer;
  /** Number of runs (1 byte); then for each run the code of its part (1 byte) and its end in `text` (4 bytes). */
  runTable: Buffer;
  /** Bit n is set if a run belongs to the part with code n. */
  parts: number;
  id: bigint;
  type: string;
  summary: string;
  /** Position of the summary's JSON text in `text`. */
  summaryFrom: number;
  summaryTo: number;
  ownerId: number;
  ownerName: string;
  lastModifiedMs: number;
  dateAddedMs: number;
  active: boolean;
  activeLocked: boolean;
  /** NaN if the record has none. */
  rating: number;
  confidencePercent: number;
  threatAssessScore: number;
}

/** A fault of a record. The message contains no value of it. */
export class RecordError extends Error {
  override readonly name = 'RecordError';
}

/**
 * Reads the values that the store needs from a record's text.
 *
 * @param lastModifiedMs the exact time, if it is more precise than the whole seconds of the text
 * @throws {RecordError} if the text is not an object, or lacks id, type, summary, owner or lastModified
 */
export function readRecord(text: Buffer, lastModifiedMs?: number): IndicatorRecord {
  const members = split(text);
  const find = (key: string): Member | undefined => members.find((member) => member.key === key);
  const read = (key: string): unknown => {
    const member = find(key);
    if (member === undefined) return undefined;
    const value: unknown = JSON.parse(text.toString('utf8', member.valueFrom, member.valueTo));
    return value;
  };
  const string = (key: string): string => {
    const value = read(key);
    if (typeof value !== 'string') throw new RecordError(`"${key}" is not a string`);
    return value;
  };
  const number = (key: string): number => {
    const value = read(key);
    return typeof value === 'number' ? value : NaN;
  };
  const time = (key: string): number => {
    const ms = parseInstant(string(key));
    if (ms === null) throw new RecordError(`"${key}" is not a date such as 2026-01-31T12:34:56Z`);
    return ms;
  };

  const type = string('type');
  const summary = find('summary');
  const modifiedMs = lastModifiedMs ?? time('lastModified');
  const ownerId = number('ownerId');
  return {
    text,
    ...divide(members, type),
    id: readId(text, find('id')),
    type,
    summary: string('summary'),
    summaryFrom: summary?.valueFrom ?? 0,
    summaryTo: summary?.valueTo ?? 0,
    ownerId: Number.isInteger(ownerId) ? ownerId : 0,
    ownerName: string('ownerName'),
    lastModifiedMs: modifiedMs,
    dateAddedMs: find('dateAdded') === undefined ? modifiedMs : time('dateAdded'),
    active: read('active') !== false,
    activeLocked: read('activeLocked') === true,
    rating: number('rating'),
    confidencePercent: number('confidence'),
    threatAssessScore: number('threatAssessScore'),
  };
}

/** Epoch milliseconds of a date of the API (a blank at its end is known to occur); `null` if it is not a date. */
export function parseInstant(text: string): number | null {
  const trimmed = text.trim();
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/.test(trimmed)) return null;
  const ms = Date.parse(trimmed);
  return Number.isNaN(ms) ? null : ms;
}

/** ISO-8601, UTC, whole seconds: the form in which the API prints every date. */
export function printInstant(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

function split(text: Buffer): Member[] {
  try {
    return splitObject(text);
  } catch (error) {
    throw new RecordError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function readId(text: Buffer, member: Member | undefined): bigint {
  const literal =
    member === undefined ? '' : text.toString('latin1', member.valueFrom, member.valueTo);
  const id = /^\d{1,19}$/.test(literal) ? BigInt(literal) : MAX_ID + 1n;
  if (id > MAX_ID) throw new RecordError('"id" is not a bare integer from 0 to 2^63 - 1');
  return id;
}

function divide(members: readonly Member[], type: string): { runTable: Buffer; parts: number } {
  const runs: { part: number; to: number }[] = [];
  let parts = 0;
  for (const member of members) {
    const part = partOf(member.key, type);
    parts |= 1 << part;
    const last = runs.at(-1);
    if (last?.part === part) last.to = member.valueTo;
    else runs.push({ part, to: member.valueTo });
  }
  if (runs.length > 255) throw new RecordError('more than 255 alternations between fields');
  const runTable = Buffer.allocUnsafe(1 + runs.length * RUN_BYTES);
  runTable[0] = runs.length;
  for (const [index, run] of runs.entries()) {
    runTable[1 + index * RUN_BYTES] = run.part;
    runTable.writeUInt32LE(run.to, 2 + index * RUN_BYTES);
  }
  return { runTable, parts };
}

/** Length in bytes of a run table with this number of runs. */
export function runTableBytes(count: number): number {
  return 1 + count * RUN_BYTES;
}
