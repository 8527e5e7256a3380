import { ApiError, parseFailure, parsingError } from '../errors.ts';
import { isObject, type JsonObject } from '../json/exact.ts';
import { malformedJson, parseJson } from '../json/malformed.ts';
import { scanObject } from '../json/scan.ts';

/** The body of a request, decompressed; parsed when somebody asks. */
export class RequestBody {
  readonly bytes: Buffer;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  get isEmpty(): boolean {
    return this.bytes.length === 0;
  }

  get text(): string {
    return this.bytes.toString('utf8');
  }

  /**
   * The body as a JSON object.
   * @param missing the server's words for an empty body
   */
  object(missing = 'request body is required'): JsonObject {
    if (this.isEmpty) throw parseFailure(missing);
    return this.optionalObject();
  }

  /** The body as a JSON object, `{}` where there is none. */
  optionalObject(): JsonObject {
    if (this.isEmpty) return {};
    const value = parseJson(this.text);
    if (!isObject(value)) throw parsingError('Expected [START_OBJECT]');
    if (scanObject(this.bytes) === null) throw new ApiError(400, malformedJson(this.text));
    return value;
  }
}
