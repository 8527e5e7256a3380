import { type IncomingMessage, type ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

import { stringify } from '../json/exact.ts';
import { filterPath } from '../json/filter-path.ts';
import { type Answer } from './router.ts';

const zip = promisify(gzip);

/** How an answer is to be written. */
export interface SendOptions {
  readonly contentType: string;
  /** Patterns of `filter_path`. */
  readonly filter: readonly string[];
}

/** An answer as bytes, ready to be sent. */
export interface Packed {
  readonly status: number;
  readonly headers: Readonly<Record<string, number | string | readonly string[]>>;
  readonly bytes: Buffer;
}

export async function pack(
  request: IncomingMessage,
  answer: Answer,
  { contentType, filter }: SendOptions,
): Promise<Packed> {
  const body = filter.length === 0 ? answer.body : filterPath(answer.body, filter);
  const plain = Buffer.from(body === undefined ? '' : stringify(body));
  // clients would try to unpack the body that an answer to HEAD does not have
  const isZipped =
    plain.length > 0 &&
    request.method !== 'HEAD' &&
    /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
  const bytes = isZipped ? await zip(plain, { level: 3 }) : plain;
  return {
    status: answer.status,
    headers: {
      'X-elastic-product': 'Elasticsearch',
      ...answer.headers,
      ...(plain.length > 0 ? { 'content-type': contentType } : {}),
      ...(isZipped ? { 'content-encoding': 'gzip' } : {}),
      'content-length': bytes.length,
    },
    bytes,
  };
}

/** @param cutAt sends so many bytes of the body and then breaks the connection */
export function send(
  request: IncomingMessage,
  response: ServerResponse,
  packed: Packed,
  cutAt: number | null,
): void {
  // the real server sends no date either
  response.sendDate = false;
  response.writeHead(packed.status, packed.headers as Record<string, number | string | string[]>);
  if (request.method === 'HEAD') {
    response.end();
  } else if (cutAt !== null && cutAt < packed.bytes.length) {
    response.write(packed.bytes.subarray(0, cutAt), () => response.destroy());
  } else {
    response.end(packed.bytes);
  }
}
