import { ApiError } from '../errors.ts';

/** Statuses of errors that a second attempt does not heal. */
const IRRECOVERABLE = new Set([400, 401, 403, 404, 405, 406, 410, 501]);

/** The destination refused documents. */
export class BulkFailure extends Error {
  readonly irrecoverable: boolean;

  constructor(refused: readonly ApiError[]) {
    const lasting = refused.find(
      ({ status, fault }) =>
        IRRECOVERABLE.has(status) && fault.type !== 'index_not_found_exception',
    );
    const shown = lasting ?? refused[0];
    const text = shown === undefined ? '' : `${shown.fault.type}: ${shown.message}`;
    super(
      lasting === undefined
        ? `Bulk index experienced [${refused.length}] failures. Significant failures: [${text}]`
        : `Bulk index experienced [${refused.length}] failures and at least 1 irrecoverable [${text}].`,
    );
    this.irrecoverable = lasting !== undefined;
  }
}

/** Why a transform cannot go on after an error; `null` if it tries again. */
export function irrecoverableReason(error: ApiError | BulkFailure): string | null {
  if (error instanceof BulkFailure) {
    return error.irrecoverable
      ? `Failed to index documents into destination index due to permanent error: [${error.message}]`
      : null;
  }
  return IRRECOVERABLE.has(error.status)
    ? `task encountered irrecoverable failure: ${error.message}`
    : null;
}
