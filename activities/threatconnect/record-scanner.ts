import { SourceContractError } from '../../contracts/errors.ts';

/** One element of a page's `data`, exactly as in the body. */
export type RawRecord = {
  /** JSON text, byte for byte. */
  text: string;
  /**
   * True if every number is a run of at most 15 digits: a JavaScript number holds it exactly and prints it as it was
   * written.
   */
  plainNumbers: boolean;
  /** Size of the record in the body. */
  bytes: number;
  /** True if it is too large to be held: `text` is only its beginning. */
  cut: boolean;
};

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const MINUS = 0x2d;
const DOT = 0x2e;
const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;
const UPPER_E = 0x45;
const LOWER_E = 0x65;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const BLANK = 0x20;

const PLAIN_DIGITS_MAX = 15;
/** Depth of the elements of the top-level `data`. */
const ELEMENTS = 2;
/** The envelope around the records is short: a few scalars, and two links that repeat the query. */
const ENVELOPE_BYTES_MAX = 256 * 1024;
/** Size of the beginning that is kept of a record that is too large. */
const HEAD_BYTES = 32 * 1024;

/**
 * Cuts the elements of the top-level list `data` out of a JSON body while it arrives, without parsing or holding the
 * body. The rest, the envelope, is kept and parsed at the end.
 *
 *     {"next":"…","data":[{record},{record}],"count":7,"status":"Success"}
 *     depth 1           ↑ 2                ↑ envelope: {"next":"…","data":[],"count":7,"status":"Success"}
 *
 * It follows strings and nesting only; the code that parses a record finds out if it is valid JSON.
 */
export class RecordScanner {
  readonly #onRecord: (record: RawRecord) => void;
  readonly #recordBytesMax: number;
  readonly #envelopeBytesMax: number;
  /** Bytes of the envelope or, inside a record, of the record, from earlier chunks. */
  #pending: Buffer[] = [];
  /** Their number; more than `#pending` holds if the record is too large. */
  #pendingBytes = 0;
  #envelope = '';
  #depth = 0;
  #started = false;
  #inData = false;
  #inRecord = false;
  /** Inside `data`: a comma has come, and a record must follow. */
  #afterComma = false;
  #inString = false;
  /** The chunk ended between a backslash and the character that it escapes. */
  #escaped = false;
  #plainNumbers = true;
  /** Digits of the number that is being read. */
  #digits = 0;

  /**
   * @param recordBytesMax of a larger record only the beginning is kept
   * @param linkBytes length of the requested address
   */
  constructor(onRecord: (record: RawRecord) => void, recordBytesMax: number, linkBytes = 0) {
    this.#onRecord = onRecord;
    this.#recordBytesMax = recordBytesMax;
    this.#envelopeBytesMax = ENVELOPE_BYTES_MAX + 2 * linkBytes;
  }

  /** @throws {SourceContractError} if the body is not a JSON object */
  push(chunk: Buffer): void {
    let begin = 0; // of the bytes that belong to the envelope or record being read
    let at = 0;
    while (at < chunk.length) {
      if (this.#inString) {
        at = this.#afterString(chunk, at);
        continue;
      }
      const byte = chunk[at] as number;
      if (byte > BLANK) this.#check(byte);
      if (byte >= DIGIT_0 && byte <= DIGIT_9) {
        this.#digits += 1;
        if (this.#digits > PLAIN_DIGITS_MAX) this.#plainNumbers = false;
      } else {
        if (byte === MINUS || (this.#digits > 0 && isFraction(byte))) this.#plainNumbers = false;
        this.#digits = 0;
      }
      if (this.#depth === ELEMENTS && this.#inData) {
        if (byte === COMMA || byte === CLOSE_BRACKET) {
          if (this.#inRecord) {
            this.#endRecord(chunk.subarray(begin, at));
            this.#afterComma = byte === COMMA;
            begin = byte === COMMA ? at + 1 : at;
          } else if (byte === COMMA || this.#afterComma) {
            throw new SourceContractError('the body is not JSON: a comma without a record');
          }
        } else if (byte > BLANK && !this.#inRecord) {
          this.#endEnvelopePart(chunk.subarray(begin, at));
          this.#inRecord = true;
          this.#afterComma = false;
          this.#plainNumbers = byte !== MINUS;
          begin = at;
        }
      }
      if (byte === QUOTE) {
        this.#inString = true;
      } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        if (byte === OPEN_BRACKET && this.#depth === 1) {
          this.#endEnvelopePart(chunk.subarray(begin, at));
          begin = at;
          this.#inData = /[{,]\s*"data"\s*:\s*$/.test(this.#envelope);
        }
        this.#depth += 1;
      } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        this.#depth -= 1;
        if (this.#depth === 1) this.#inData = false;
      }
      at += 1;
    }
    if (begin < chunk.length) this.#keep(chunk.subarray(begin));
  }

  /**
   * Ends the body. Returns the envelope, in which `data` is an empty list.
   * @throws {SourceContractError} if the body ends midway or is not JSON
   */
  end(): unknown {
    if (!this.#started) throw new SourceContractError('the body is empty');
    if (this.#depth !== 0) throw new SourceContractError('the body ends in the middle');
    this.#endEnvelopePart(Buffer.alloc(0));
    try {
      return JSON.parse(this.#envelope);
    } catch (error) {
      throw new SourceContractError('the body is not JSON', { cause: error });
    }
  }

  /** Index after the closing quote, or the chunk's length. */
  #afterString(chunk: Buffer, from: number): number {
    let at = from;
    if (this.#escaped) {
      this.#escaped = false;
      at += 1;
    }
    for (;;) {
      const quote = chunk.indexOf(QUOTE, at);
      const end = quote === -1 ? chunk.length : quote;
      let backslashes = 0;
      while (end - backslashes > at && chunk[end - backslashes - 1] === BACKSLASH) backslashes += 1;
      const escapes = backslashes % 2 === 1;
      if (quote === -1) {
        this.#escaped = escapes;
        return end;
      }
      if (!escapes) {
        this.#inString = false;
        return quote + 1;
      }
      at = quote + 1;
    }
  }

  #endRecord(last: Buffer): void {
    this.#keep(last);
    const bytes = this.#pendingBytes;
    const cut = bytes > this.#recordBytesMax;
    const text = this.#take().trimEnd();
    this.#inRecord = false;
    this.#onRecord({ text, plainNumbers: this.#plainNumbers, bytes, cut });
  }

  #endEnvelopePart(last: Buffer): void {
    // an indented page has spaces before every record: they must not add up
    this.#keep(last);
    this.#envelope += this.#take().trim();
    if (this.#envelope.length > this.#envelopeBytesMax) {
      throw new SourceContractError('the body is no page: too much beside `data`');
    }
  }

  #keep(part: Buffer): void {
    const held = this.#pendingBytes;
    this.#pendingBytes += part.length;
    if (!this.#inRecord || this.#pendingBytes <= this.#recordBytesMax) {
      this.#pending.push(part);
    } else if (held <= this.#recordBytesMax) {
      const head = Buffer.concat(
        [...this.#pending, part],
        Math.min(this.#pendingBytes, HEAD_BYTES),
      );
      this.#pending = [head];
    }
  }

  #take(): string {
    const [only] = this.#pending;
    const bytes =
      this.#pending.length === 1 && only !== undefined ? only : Buffer.concat(this.#pending);
    this.#pending = [];
    this.#pendingBytes = 0;
    return bytes.toString();
  }

  /** Notices early if the body is not a JSON object: a log-in page, a proxy's message, bytes after the end. */
  #check(byte: number): void {
    if (!this.#started && byte !== OPEN_BRACE) {
      throw new SourceContractError('the body is not JSON');
    }
    if (this.#started && this.#depth === 0) {
      throw new SourceContractError('the body goes on after its end');
    }
    this.#started = true;
  }
}

function isFraction(byte: number): boolean {
  return byte === DOT || byte === LOWER_E || byte === UPPER_E;
}
