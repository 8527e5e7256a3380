import { type IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip, inflate } from 'node:zlib';

import { ApiError } from '../errors.ts';

const unpackers = { deflate: promisify(inflate), gzip: promisify(gunzip) };

/** Thrown for a body over the limit: the server answers 413 without any body or header of its own. */
export class TooLargeError extends Error {
  override readonly name = 'TooLargeError';
}

export interface ReadBody {
  readonly bytes: Buffer;
  /** As they came over the wire. */
  readonly receivedBytes: number;
}

/**
 * Reads a request's body and unpacks it.
 * @param limitBytes of the unpacked body
 */
export async function readBody(request: IncomingMessage, limitBytes: number): Promise<ReadBody> {
  const chunks: Buffer[] = [];
  let receivedBytes = 0;
  let tooLarge = Number(request.headers['content-length'] ?? 0) > limitBytes;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    receivedBytes += chunk.length;
    tooLarge ||= receivedBytes > limitBytes;
    // read on to the end, or the client would see a broken connection instead of the answer
    if (!tooLarge) chunks.push(chunk);
  }
  if (tooLarge) throw new TooLargeError(`the request's body has more than ${limitBytes} bytes`);
  const [only, ...more] = chunks;
  const packed = only !== undefined && more.length === 0 ? only : Buffer.concat(chunks);
  return {
    bytes: await unpack(packed, request.headers['content-encoding'], limitBytes),
    receivedBytes,
  };
}

async function unpack(
  packed: Buffer,
  encoding: string | undefined,
  limitBytes: number,
): Promise<Buffer> {
  if (encoding !== 'gzip' && encoding !== 'deflate') return packed;
  if (packed.length === 0) return packed;
  try {
    return await unpackers[encoding](packed, { maxOutputLength: limitBytes });
  } catch (error) {
    if (error instanceof RangeError) throw new TooLargeError(error.message, { cause: error });
    throw new ApiError(400, {
      type: 'decompression_exception',
      reason: `the request's body is not ${encoding}`,
    });
  }
}
