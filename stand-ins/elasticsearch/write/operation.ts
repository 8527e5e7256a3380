import { isObject, type JsonObject } from '../json/exact.ts';

export type Action = 'create' | 'delete' | 'index' | 'update';

/** One write, of a bulk request or by itself. */
export interface Operation {
  readonly action: Action;
  /** Index, alias or data stream as asked for. */
  readonly target: string;
  readonly id: string | null;
  /** The document; for an update its body. */
  readonly source: Uint8Array;
  readonly update: UpdateBody | null;
  readonly ifSeqNo: number | null;
  readonly ifPrimaryTerm: number | null;
  readonly pipeline: string | null;
  readonly routing: string | null;
  readonly retryOnConflict: number;
  readonly requireAlias: boolean;
  readonly requireDataStream: boolean;
}

/** Body of an update, numbers kept exact. */
export interface UpdateBody {
  readonly doc: JsonObject | null;
  readonly upsert: JsonObject | null;
  readonly docAsUpsert: boolean;
  readonly detectNoop: boolean;
  readonly hasScript: boolean;
}

export const UPDATE_FIELDS = [
  '_source',
  'detect_noop',
  'doc',
  'doc_as_upsert',
  'if_primary_term',
  'if_seq_no',
  'script',
  'scripted_upsert',
  'upsert',
];

export function toUpdateBody(body: JsonObject): UpdateBody {
  const { doc, upsert } = body;
  return {
    doc: isObject(doc) ? doc : null,
    upsert: isObject(upsert) ? upsert : null,
    docAsUpsert: body['doc_as_upsert'] === true,
    detectNoop: body['detect_noop'] !== false,
    hasScript: body['script'] !== undefined,
  };
}

const MAX_ID_BYTES = 512;

/** Everything that is wrong with an operation by itself, in the server's words and order. */
export function faultsOf(operation: Operation): string[] {
  const { action, id, update, ifSeqNo, ifPrimaryTerm } = operation;
  const faults: string[] = [];
  if ((action === 'delete' || action === 'update') && (id === null || id === ''))
    faults.push('id is missing');
  if (action === 'create') {
    if (ifSeqNo !== null || ifPrimaryTerm !== null) {
      faults.push('create operations do not support compare and set. use index instead');
    }
  }
  if (action !== 'create') {
    if (ifSeqNo !== null && (ifPrimaryTerm ?? 0) === 0)
      faults.push('ifSeqNo is set, but primary term is [0]');
    if (ifSeqNo === null && ifPrimaryTerm !== null) {
      faults.push(`ifSeqNo is unassigned, but primary term is [${ifPrimaryTerm}]`);
    }
  }
  if (update !== null) faults.push(...updateFaults(update, operation));
  if (id !== null && Buffer.byteLength(id) > MAX_ID_BYTES) {
    faults.push(
      `id [${id}] is too long, must be no longer than ${MAX_ID_BYTES} bytes but was: ${Buffer.byteLength(id)}`,
    );
  }
  return faults;
}

function updateFaults(update: UpdateBody, { ifSeqNo, retryOnConflict }: Operation): string[] {
  const faults: string[] = [];
  if (ifSeqNo !== null) {
    if (retryOnConflict > 0) faults.push('compare and write operations can not be retried');
    if (update.docAsUpsert) faults.push('compare and write operations can not be used with upsert');
    if (update.upsert !== null) {
      faults.push("upsert requests don't support `if_seq_no` and `if_primary_term`");
    }
  }
  if (update.doc === null && !update.hasScript) faults.push('script or doc is missing');
  if (update.doc !== null && update.hasScript) faults.push("can't provide both script and doc");
  if (update.doc === null && update.docAsUpsert)
    faults.push('doc must be specified if doc_as_upsert is enabled');
  return faults;
}
