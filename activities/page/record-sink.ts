import type { WholeRecord } from './record-in-parts.ts';
import type { RawRecord } from '../threatconnect/record-scanner.ts';

/** The facts about a record that are known before it is stored. */
export type Accepted = {
  /** ThreatConnect's id, exact digits; `null` if the record has none. */
  indicatorId: string | null;
  /** Epoch milliseconds; `null` if the record has no valid date. */
  lastModifiedMs: number | null;
  /** True if it was not written, because one of its lists is cut: it must be read separately. */
  isCut: boolean;
};

/** Takes the records of a page. Positions on the page are from 1. */
export type RecordSink = {
  write(record: RawRecord, position: number, requestedAtMs: number): Promise<Accepted>;
  /** Writes a record that was put together from several answers, even if it announces more. */
  writeWhole(record: WholeRecord, position: number): Promise<Accepted>;
  /** Sets a record aside. */
  reject(record: RawRecord, reason: string, position: number): void;
  /** Sets aside a record that never came. */
  rejectUnseen(reason: string, position: number): void;
  /** Counts a record that was listed and no longer exists. */
  leaveOut(): void;
};
