import { HEAVY, insist } from './insist.ts';
import type { PartsReader, WholeRecord } from './record-in-parts.ts';
import type { Selection } from '../threatconnect/tql.ts';
import type { Waiting } from '../attempt/waiting.ts';

/** Result of reading the next record of a selection, which fails on every page. */
export type Lone =
  /** Read in parts. */
  | { is: 'whole'; record: WholeRecord }
  /** It comes only without the requested fields. */
  | { is: 'bare'; record: WholeRecord }
  /**
   * It does not come in any form, nor do the `records - 1` after it; `next` is the first that does, `null` if there is
   * none.
   */
  | { is: 'unseen'; records: number; next: WholeRecord | null }
  /** The record no longer exists. */
  | { is: 'gone' };

/**
 * Reads a record that fails even on a page of its own. It is given up only if it keeps failing while its neighbours
 * come in the same form.
 *
 *     in parts ── heavy ──► without fields ── heavy ──► unseen
 */
export async function readLone(
  apart: PartsReader,
  selection: Selection,
  start: number,
  waiting: Waiting,
  signal: AbortSignal,
): Promise<Lone> {
  const insistOn = <T>(ask: () => Promise<T>, fields: readonly string[], at: number) =>
    insist(ask, () => apart.othersCome(selection, fields, at + 1), waiting, signal);
  const whole = await insistOn(() => apart.read(selection, start), apart.ownFields, start);
  if (whole === null) return { is: 'gone' };
  if (whole !== HEAVY) return { is: 'whole', record: whole };
  const bareAt = (at: number) => insistOn(() => apart.first(selection, [], at), [], at);
  const bare = await bareAt(start);
  if (bare === null) return { is: 'gone' };
  if (bare !== HEAVY) return { is: 'bare', record: bare };
  for (let records = 1; ; records += 1) {
    const next = await bareAt(start + records);
    if (next !== HEAVY) return { is: 'unseen', records, next };
  }
}
