import type { Fault } from '../faults.ts';
import type { Pairs } from '../parameters.ts';
import type { Cost } from './cost.ts';

export interface Answer {
  status: number;
  contentType: string;
  body: Buffer;
  /** Indicators in the body. */
  records: number;
  headers?: Readonly<Record<string, string>>;
  cost?: Cost;
  /** The fault that a record of the answer causes. */
  spoilt?: Fault;
}

/** An authenticated request under `/api/v3`. */
export interface ApiRequest {
  /** Path segments behind `/api/v3`, decoded. */
  segments: readonly string[];
  pairs: Pairs;
  /** Origin and path, for links. */
  base: string;
  /** True if a fault puts two records in the wrong order. */
  disorder: boolean;
}

export function json(status: number, body: string | Buffer, records = 0): Answer {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  return { status, contentType: 'application/json', body: bytes, records };
}

export function html(status: number, title: string): Answer {
  const page = `<!doctype html><html lang="en"><head><title>${title}</title></head><body><h1>${title}</h1></body></html>\n`;
  return { status, contentType: 'text/html;charset=utf-8', body: Buffer.from(page), records: 0 };
}
