import type { WholeRecord } from './record-in-parts.ts';
import type { RawRecord } from '../threatconnect/record-scanner.ts';

/** What is known of a record at once, before it is stored. */
export type Accepted = {
  /** ThreatConnect's id, exact digits; `null` where the record has none. */
  indicatorId: string | null;
  /** Epoch milliseconds; `null` where the record has no date there. */
  lastModifiedMs: number | null;
  /** It was not written: a list of it is cut, and it is to be read apart. */
  isCut: boolean;
};

/** Takes the records of a page. Positions on the page are from 1. */
export type RecordSink = {
  write(record: RawRecord, position: number, requestedAtMs: number): Promise<Accepted>;
  /** One that was put together from several answers, whatever it announces besides. */
  writeWhole(record: WholeRecord, position: number): Promise<Accepted>;
  /** Sets a record aside. */
  reject(record: RawRecord, reason: string, position: number): void;
  /** Sets a record aside of which nothing came. */
  rejectUnseen(reason: string, position: number): void;
  /** Accounts for a record that was seen and is no longer there to be written. */
  leaveOut(): void;
};
