/** The vendor's reference codes and the HTTP status of each. */
const CODES = {
  badRequest: { code: '0x1001', status: 400 },
  unauthorized: { code: '0x1002', status: 401 },
  forbidden: { code: '0x1003', status: 403 },
  notFound: { code: '0x1004', status: 404 },
  methodNotAllowed: { code: '0x1005', status: 405 },
  internal: { code: '0x1007', status: 500 },
  tql: { code: '0x2001', status: 400 },
} as const;

export type ApiErrorKind = keyof typeof CODES;

/**
 * An answer that is not a success; its body is `{"errCode","message","status":"Error"}`.
 *
 * @see the reference codes in the vendor's Python framework, tcex/api/tc/v3/README.md
 */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly code: string;

  constructor(kind: ApiErrorKind, message: string) {
    super(message);
    this.status = CODES[kind].status;
    this.code = CODES[kind].code;
  }

  get body(): string {
    return errorBody(this.code, this.message);
  }
}

export function errorBody(errCode: string, message: string): string {
  return JSON.stringify({ errCode, message, status: 'Error' });
}

/** The reference code of a status that has no message of its own. */
export function codeForStatus(status: number): string {
  return Object.values(CODES).find((known) => known.status === status)?.code ?? '0x1007';
}
