import {
  ApiError,
  contentError,
  illegalArgument,
  notInStandIn,
  refuseUnknownFields,
} from '../errors.ts';
import { asText, isObject, type JsonObject, parseExact } from '../json/exact.ts';
import { malformedJson, parseJson } from '../json/malformed.ts';
import {
  type Action,
  type Operation,
  toUpdateBody,
  UPDATE_FIELDS,
  type UpdateBody,
} from './operation.ts';

/** What the request says for all of its items. */
export interface BulkDefaults {
  readonly index: string | null;
  readonly routing: string | null;
  readonly requireAlias: boolean;
  readonly requireDataStream: boolean;
}

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const NOTHING = new Uint8Array(0);
const ACTIONS: ReadonlySet<string> = new Set(['create', 'delete', 'index', 'update']);

const PARAMETERS = new Set([
  '_id',
  '_index',
  '_source',
  'dynamic_templates',
  'if_primary_term',
  'if_seq_no',
  'op_type',
  'pipeline',
  'require_alias',
  'require_data_stream',
  'retry_on_conflict',
  'routing',
]);

/**
 * The operations of a bulk body; their sources are views of it.
 *
 * @param body ends with a newline
 * @throws {ApiError} 400 for a line that makes the whole request unreadable
 */
export function parseBulk(body: Uint8Array, defaults: BulkDefaults): Operation[] {
  const operations: Operation[] = [];
  let at = 0;
  let line = 0;
  while (at < body.length) {
    const end = body.indexOf(NEWLINE, at);
    line += 1;
    const action = trimReturn(body.subarray(at, end));
    at = end + 1;
    if (action.length === 0) continue;
    const { name, meta } = parseAction(action, line);
    if (name === 'delete') {
      operations.push(toOperation(name, meta, NOTHING, null, defaults));
      continue;
    }
    // an action without its document at the end of the body is left out, as the server does
    if (at >= body.length) break;
    const next = body.indexOf(NEWLINE, at);
    line += 1;
    const source = trimReturn(body.subarray(at, next));
    at = next + 1;
    const update = name === 'update' ? parseUpdate(Buffer.from(source).toString('utf8')) : null;
    operations.push(toOperation(name, meta, source, update, defaults));
  }
  return operations;
}

/** An update's body. @throws {ApiError} 400 where it is none */
export function parseUpdate(text: string): UpdateBody {
  const parsed = tryParse(text);
  if (parsed === undefined) throw new ApiError(400, malformedJson(text));
  if (!isObject(parsed)) throw contentError('[UpdateRequest] Expected START_OBJECT');
  refuseUnknownFields('UpdateRequest', parsed, UPDATE_FIELDS);
  for (const field of ['doc', 'upsert']) {
    if (field in parsed && !isObject(parsed[field])) {
      throw contentError(`[UpdateRequest] ${field} is no object`);
    }
  }
  return toUpdateBody(parsed);
}

function parseAction(bytes: Uint8Array, line: number): { name: Action; meta: JsonObject } {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
  const parsed = parseJson(text);
  const malformed = `Malformed action/metadata line [${line}], `;
  if (!isObject(parsed)) {
    throw illegalArgument(`${malformed}expected START_OBJECT`);
  }
  const [entry] = Object.entries(parsed);
  if (entry === undefined)
    throw illegalArgument(`${malformed}expected FIELD_NAME but found [END_OBJECT]`);
  const [name, meta] = entry;
  if (!ACTIONS.has(name)) {
    throw illegalArgument(
      `${malformed}expected field [create], [delete], [index] or [update] but found [${name}]`,
    );
  }
  if (!isObject(meta)) {
    throw illegalArgument(`${malformed}expected START_OBJECT or END_OBJECT`);
  }
  for (const [parameter, value] of Object.entries(meta)) {
    if (parameter === 'version' || parameter === 'version_type') {
      throw notInStandIn('a version that the client gives');
    }
    if (!PARAMETERS.has(parameter)) {
      throw illegalArgument(
        `Action/metadata line [${line}] contains an unknown parameter [${parameter}]`,
      );
    }
    const compound = typeof value === 'object' && value !== null;
    if (compound && parameter !== '_source' && parameter !== 'dynamic_templates') {
      throw illegalArgument(`${malformed}expected a simple value for field [${parameter}]`);
    }
  }
  return { name: name as Action, meta };
}

function toOperation(
  name: Action,
  meta: JsonObject,
  source: Uint8Array,
  update: UpdateBody | null,
  defaults: BulkDefaults,
): Operation {
  const action = name === 'index' && meta['op_type'] === 'create' ? 'create' : name;
  return {
    action,
    target: toText(meta['_index']) ?? defaults.index ?? MISSING_INDEX,
    id: toText(meta['_id']),
    source,
    update,
    ifSeqNo: toInteger(meta['if_seq_no']),
    ifPrimaryTerm: toInteger(meta['if_primary_term']),
    pipeline: toText(meta['pipeline']),
    routing: toText(meta['routing']) ?? defaults.routing,
    retryOnConflict: toInteger(meta['retry_on_conflict']) ?? 0,
    requireAlias: toFlag(meta['require_alias']) ?? defaults.requireAlias,
    requireDataStream: toFlag(meta['require_data_stream']) ?? defaults.requireDataStream,
  };
}

/** Stands for the target of an item that names none; no index can have this name. */
export const MISSING_INDEX = '\u0000';

function toText(value: unknown): string | null {
  return value === undefined || value === null ? null : asText(value);
}

function toInteger(value: unknown): number | null {
  const text = toText(value);
  if (text === null) return null;
  if (!/^-?\d+$/.test(text)) throw illegalArgument(`For input string: "${text}"`);
  return Number(text);
}

function toFlag(value: unknown): boolean | null {
  const text = toText(value);
  if (text === null) return null;
  if (text !== 'true' && text !== 'false') {
    throw illegalArgument(`Failed to parse value [${text}] as only [true] or [false] are allowed.`);
  }
  return text === 'true';
}

function trimReturn(line: Uint8Array): Uint8Array {
  return line.at(-1) === RETURN ? line.subarray(0, -1) : line;
}

function tryParse(text: string): unknown {
  try {
    return parseExact(text);
  } catch {
    return undefined;
  }
}
