import { ApiError, type Fault } from '../../errors.ts';

/** The text of a document that is looked at closely, for positions in messages. */
export class DocumentText {
  readonly text: string;
  readonly id: string;

  constructor(text: string, id: string) {
    this.text = text;
    this.id = id;
  }

  /** `line:column` of a character, both from 1, columns in UTF-8 bytes. */
  where(offset: number): string {
    const before = this.text.slice(0, offset);
    const lastBreak = before.lastIndexOf('\n');
    const column = Buffer.byteLength(before.slice(lastBreak + 1)) + 1;
    return `${before.split('\n').length}:${column}`;
  }

  /** What the server's JSON reader says of the token that ends before `offset`. */
  readerFault(type: string, message: string, offset: number): Fault {
    return {
      type: 'x_content_parse_exception',
      reason: `[${this.where(offset)}] ${message}`,
      caused_by: { type, reason: message },
    };
  }

  /** `document_parsing_exception` with the position of a character. */
  refusal(offset: number, reason: string, cause?: Fault): ApiError {
    return new ApiError(400, {
      type: 'document_parsing_exception',
      reason: `[${this.where(offset)}] ${reason}`,
      ...(cause === undefined ? {} : { caused_by: cause }),
    });
  }

  /** A refusal that the server wraps: its own words are the cause. */
  failure(offset: number, reason: string): ApiError {
    return this.refusal(offset, `failed to parse: ${reason}`, {
      type: 'illegal_argument_exception',
      reason,
    });
  }
}
