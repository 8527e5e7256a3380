import { contentError, illegalArgument, refuseUnknownFields } from '../errors.ts';
import { asText, isObject, type JsonObject, parseExact } from '../json/exact.ts';
import { parseJson } from '../json/parse.ts';
import { type Action, type Operation, PLAIN } from './operation.ts';

/** What the request says for all of its items. */
export interface BulkDefaults {
  readonly index: string | null;
  readonly requireDataStream: boolean;
}

const NEWLINE = 0x0a;
const ACTIONS: ReadonlySet<string> = new Set(['create', 'delete', 'index', 'update']);
const PARAMETERS = new Set(['_id', '_index', 'if_primary_term', 'if_seq_no', 'retry_on_conflict']);

/**
 * The operations of a bulk body. Their sources are views of it.
 *
 * @param body ends with a newline
 * @throws {ApiError} 400 for a line that makes the whole request unreadable
 */
export function parseBulk(body: Uint8Array, defaults: BulkDefaults): Operation[] {
  const operations: Operation[] = [];
  let at = 0;
  let line = 0;
  const nextLine = (): Uint8Array => {
    const end = body.indexOf(NEWLINE, at);
    const bytes = body.subarray(at, end);
    at = end + 1;
    line += 1;
    return bytes;
  };
  while (at < body.length) {
    const bytes = nextLine();
    if (bytes.length === 0) continue;
    const { action, meta } = parseAction(bytes, line);
    // the server leaves out an action whose document is missing at the end of the body
    if (action !== 'delete' && at >= body.length) break;
    const source = action === 'delete' ? PLAIN.source : nextLine();
    operations.push({
      ...PLAIN,
      action,
      target: toText(meta['_index']) ?? defaults.index ?? MISSING_INDEX,
      id: toText(meta['_id']),
      source,
      update: action === 'update' ? parseUpdate(Buffer.from(source).toString('utf8')) : null,
      ifSeqNo: toInteger(meta['if_seq_no']),
      ifPrimaryTerm: toInteger(meta['if_primary_term']),
      requireDataStream: defaults.requireDataStream,
    });
  }
  return operations;
}

/** `doc` of an update's body, numbers kept exact. @throws {ApiError} 400 for another body */
export function parseUpdate(text: string): JsonObject {
  parseJson(text);
  const parsed = parseExact(text);
  const body = isObject(parsed) ? parsed : {};
  refuseUnknownFields('UpdateRequest', body, ['doc']);
  const { doc } = body;
  if (!isObject(doc)) throw contentError('[UpdateRequest] doc is no object');
  return doc;
}

function parseAction(bytes: Uint8Array, line: number): { action: Action; meta: JsonObject } {
  const parsed = parseJson(Buffer.from(bytes).toString('utf8'));
  const malformed = `Malformed action/metadata line [${line}], `;
  const [name = '', meta] = Object.entries(isObject(parsed) ? parsed : {})[0] ?? [];
  if (!ACTIONS.has(name)) {
    throw illegalArgument(
      `${malformed}expected field [create], [delete], [index] or [update] but found [${name}]`,
    );
  }
  if (!isObject(meta)) throw illegalArgument(`${malformed}expected START_OBJECT or END_OBJECT`);
  const other = Object.keys(meta).find((parameter) => !PARAMETERS.has(parameter));
  if (other !== undefined) {
    throw illegalArgument(
      `Action/metadata line [${line}] contains an unknown parameter [${other}]`,
    );
  }
  return { action: name as Action, meta };
}

/** Stands for the target of an item that names none; no index can have this name. */
export const MISSING_INDEX = '\u0000';

function toText(value: unknown): string | null {
  return value === undefined || value === null ? null : asText(value);
}

function toInteger(value: unknown): number | null {
  const text = toText(value);
  if (text === null) return null;
  if (!/^\d+$/.test(text)) throw illegalArgument(`For input string: "${text}"`);
  return Number(text);
}
