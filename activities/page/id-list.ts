import { parseDate } from '../../mapping/compatible/date.ts';
import { isObject, textOf } from '../../mapping/exact-json.ts';
import { parseRecord } from '../../mapping/parse-record.ts';
import { SourceContractError } from '../../contracts/errors.ts';
import type { Accepted, RecordSink } from './record-sink.ts';
import type { RawRecord } from '../threatconnect/record-scanner.ts';

/**
 * Collects ids and dates of last modification from records that come without fields. Unreadable records are set aside.
 */
export class IdList implements RecordSink {
  /** Epoch milliseconds by id; `null` if a record has no date. */
  readonly lastModifiedMs = new Map<string, number | null>();
  /** Records that were set aside. */
  setAside = 0;
  readonly #aside: Pick<RecordSink, 'reject' | 'rejectUnseen'>;

  /** @param aside takes the records that do not come in any form */
  constructor(aside: Pick<RecordSink, 'reject' | 'rejectUnseen'>) {
    this.#aside = aside;
  }

  async write(record: RawRecord, position: number): Promise<Accepted> {
    const accepted = { ...toIdAndDate(record, position), isCut: false };
    const { indicatorId, lastModifiedMs } = accepted;
    if (indicatorId !== null) this.lastModifiedMs.set(indicatorId, lastModifiedMs);
    return accepted;
  }

  writeWhole(record: RawRecord, position: number): Promise<Accepted> {
    return this.write(record, position);
  }

  reject(record: RawRecord, reason: string, position: number): void {
    this.setAside += 1;
    this.#aside.reject(record, reason, position);
  }

  rejectUnseen(reason: string, position: number): void {
    this.setAside += 1;
    this.#aside.rejectUnseen(reason, position);
  }

  leaveOut(): void {
    // it has left the slice, and nothing of it was listed
  }
}

/** @throws {SourceContractError} if the record is not JSON: then the page is not JSON either */
function toIdAndDate(
  { text, plainNumbers }: RawRecord,
  position: number,
): Pick<Accepted, 'indicatorId' | 'lastModifiedMs'> {
  try {
    const record = parseRecord(text, plainNumbers);
    if (!isObject(record)) return { indicatorId: null, lastModifiedMs: null };
    const date = parseDate(textOf(record.lastModified)?.trim() ?? '');
    return {
      indicatorId: textOf(record.id),
      lastModifiedMs: date === null ? null : Date.parse(date),
    };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new SourceContractError(`record ${position} of the page is not JSON`);
  }
}
