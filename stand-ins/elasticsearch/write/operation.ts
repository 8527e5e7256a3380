import { type JsonObject } from '../json/exact.ts';

export type Action = 'create' | 'delete' | 'index' | 'update';

/** One write, of a bulk request or by itself. */
export interface Operation {
  readonly action: Action;
  /** Index, alias or data stream as the request names it. */
  readonly target: string;
  readonly id: string | null;
  /** The document; empty for a deletion. */
  readonly source: Uint8Array;
  /** `doc` of an update. */
  readonly update: JsonObject | null;
  readonly ifSeqNo: number | null;
  readonly ifPrimaryTerm: number | null;
  readonly requireDataStream: boolean;
}

/** What most operations have in common. */
export const PLAIN = {
  source: new Uint8Array(0),
  update: null,
  ifSeqNo: null,
  ifPrimaryTerm: null,
  requireDataStream: false,
} as const;

const MAX_ID_BYTES = 512;

/** All faults of an operation that can be seen without the index. */
export function faultsOf({ action, id, ifSeqNo, ifPrimaryTerm }: Operation): string[] {
  const faults: string[] = [];
  if ((action === 'delete' || action === 'update') && (id === null || id === ''))
    faults.push('id is missing');
  if ((ifSeqNo === null) !== (ifPrimaryTerm === null))
    faults.push('if_seq_no and if_primary_term go together');
  if (action === 'create' && ifSeqNo !== null)
    faults.push('create operations do not support compare and set. use index instead');
  if (id !== null && Buffer.byteLength(id) > MAX_ID_BYTES) {
    faults.push(
      `id [${id}] is too long, must be no longer than ${MAX_ID_BYTES} bytes but was: ${Buffer.byteLength(id)}`,
    );
  }
  return faults;
}
