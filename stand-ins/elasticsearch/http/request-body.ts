import { type IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

import { ApiError, parseFailure } from '../errors.ts';
import { type JsonObject } from '../json/exact.ts';
import { parseJsonObject } from '../json/parse.ts';

const unzip = promisify(gunzip);

/** The body of a request, unpacked. It is parsed when a handler asks for its content. */
export class RequestBody {
  readonly bytes: Buffer;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  /** @throws {ApiError} 400 for a body that is not compressed as its header says */
  static async read(request: IncomingMessage): Promise<RequestBody> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    const { 'content-encoding': encoding } = request.headers;
    if (encoding === undefined || bytes.length === 0) return new RequestBody(bytes);
    try {
      return new RequestBody(await unzip(bytes));
    } catch {
      const reason = `the request's body is not gzip, but [${encoding}]`;
      throw new ApiError(400, { type: 'decompression_exception', reason });
    }
  }

  get isEmpty(): boolean {
    return this.bytes.length === 0;
  }

  get text(): string {
    return this.bytes.toString('utf8');
  }

  /** The body as a JSON object. */
  object(): JsonObject {
    if (this.isEmpty) throw parseFailure('request body is required');
    return parseJsonObject(this.text);
  }

  /** The body as a JSON object, `{}` if there is none. */
  optionalObject(): JsonObject {
    return this.isEmpty ? {} : parseJsonObject(this.text);
  }
}
