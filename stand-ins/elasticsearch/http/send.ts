import { type IncomingMessage, type ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { deflate, gzip } from 'node:zlib';

import { stringify } from '../json/exact.ts';
import { filterPath } from './filter-path.ts';
import { toPrettyJson } from './pretty.ts';
import { type Answer } from './router.ts';

const packers = { deflate: promisify(deflate), gzip: promisify(gzip) };

/** How an answer is to be written. */
export interface SendOptions {
  readonly contentType: string;
  readonly pretty: boolean;
  readonly filter: readonly string[];
}

/** An answer as bytes, ready to be sent. */
export interface Packed {
  readonly status: number;
  readonly headers: Readonly<Record<string, number | string | readonly string[]>>;
  readonly bytes: Buffer;
  /** Bytes of the body before compression. */
  readonly bodyBytes: number;
}

export async function pack(
  request: IncomingMessage,
  answer: Answer,
  options: SendOptions,
): Promise<Packed> {
  const text = toText(answer, options);
  const plain = Buffer.from(text);
  // clients would try to unpack the body that an answer to HEAD does not have
  const packable = plain.length > 0 && request.method !== 'HEAD';
  const encoding = packable ? encodingOf(request.headers['accept-encoding']) : null;
  const bytes = encoding === null ? plain : await packers[encoding](plain, { level: 3 });
  const type = answer.text === undefined ? options.contentType : 'text/plain; charset=UTF-8';
  const hasType = plain.length > 0 || answer.text !== undefined;
  return {
    status: answer.status,
    headers: {
      'X-elastic-product': 'Elasticsearch',
      ...answer.headers,
      ...(hasType ? { 'content-type': type } : {}),
      ...(encoding === null ? {} : { 'content-encoding': encoding }),
      'content-length': bytes.length,
    },
    bytes,
    bodyBytes: plain.length,
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

function toText(answer: Answer, { pretty, filter }: SendOptions): string {
  if (answer.text !== undefined) return answer.text;
  if (answer.body === undefined) return '';
  const body = filter.length === 0 ? answer.body : filterPath(answer.body, filter);
  return pretty || answer.pretty === true ? `${toPrettyJson(body)}\n` : stringify(body);
}

function encodingOf(header: string | undefined): 'deflate' | 'gzip' | null {
  const accepted = (header ?? '').split(',').map((part) => part.trim().split(';'));
  const isAccepted = (name: string): boolean =>
    accepted.some(([coding, quality]) => coding === name && quality?.trim() !== 'q=0');
  if (isAccepted('gzip') || isAccepted('*')) return 'gzip';
  return isAccepted('deflate') ? 'deflate' : null;
}
