import { parseDate } from '../../mapping/compatible/date.ts';
import { isObject, textOf } from '../../mapping/exact-json.ts';
import { parseRecord } from '../../mapping/parse-record.ts';
import { SourceContractError } from '../../contracts/errors.ts';
import type { Accepted, RecordSink } from './record-sink.ts';
import type { RawRecord } from '../threatconnect/record-scanner.ts';

/** What the source lists of a record. */
export type Listed = {
  /** Epoch milliseconds; `null` if the record has no date. */
  lastModifiedMs: number | null;
  isInactive: boolean;
};

/**
 * Collects ids, dates of last modification and the status from records that come without fields. Unreadable records are
 * set aside.
 */
export class IdList implements RecordSink {
  /** By id. */
  readonly listed = new Map<string, Listed>();
  /** Records that were set aside. */
  setAside = 0;
  readonly #aside: Pick<RecordSink, 'reject' | 'rejectUnseen'>;

  /** @param aside takes the records that do not come in any form */
  constructor(aside: Pick<RecordSink, 'reject' | 'rejectUnseen'>) {
    this.#aside = aside;
  }

  async write(record: RawRecord, position: number): Promise<Accepted> {
    const { indicatorId, lastModifiedMs, isInactive } = toIdAndDate(record, position);
    if (indicatorId !== null) this.listed.set(indicatorId, { lastModifiedMs, isInactive });
    return { indicatorId, lastModifiedMs, isCut: false };
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
): Pick<Accepted, 'indicatorId'> & Listed {
  try {
    const record = parseRecord(text, plainNumbers);
    if (!isObject(record)) return { indicatorId: null, lastModifiedMs: null, isInactive: false };
    const date = parseDate(textOf(record.lastModified)?.trim() ?? '');
    return {
      indicatorId: textOf(record.id),
      lastModifiedMs: date === null ? null : Date.parse(date),
      isInactive: textOf(record.active) === 'false',
    };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new SourceContractError(`record ${position} of the page is not JSON`);
  }
}
