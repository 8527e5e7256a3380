import { ApiError, type Fault } from '../../errors.ts';
import { type Node } from '../../json/nodes.ts';
import { nodeToJava } from '../../text/java.ts';
import { type DocumentText } from './document-text.ts';

/** Why a field does not take a value. */
export interface BadValue {
  /** The character whose position the message names. */
  readonly at: number;
  readonly preview: string;
  readonly cause: Fault;
  /** What the answer shows as root cause where that is not the refusal itself. */
  readonly root?: Fault;
  /** `ignore_malformed` lets the document pass. */
  readonly malformed: boolean;
}

/** @param malformed `ignore_malformed` lets the document pass */
export function badScalar(node: Node, cause: Fault | string, malformed = false): BadValue {
  return { at: node.from, preview: nodeToJava(node), cause: toCause(cause), malformed };
}

/** The server has read an object to its end when it refuses it. */
export function badObject(node: Node, cause: Fault | string): BadValue {
  return { at: node.to - 1, preview: nodeToJava(node), cause: toCause(cause), malformed: false };
}

/** A field of one value was given an object. */
export function textExpected(text: DocumentText, node: Node, wanted = 'text'): BadValue {
  const at = text.where(node.from);
  if (node.kind === 'object' && node.dotted === true) {
    const reason = `Can't get ${wanted} on a START_OBJECT at ${at}`;
    return badObject(node, { type: 'illegal_state_exception', reason });
  }
  return badObject(node, `Expected text at ${at} but found START_OBJECT`);
}

export function toRefusal(
  text: DocumentText,
  field: string,
  type: string,
  { at, preview, cause, root }: BadValue,
): ApiError {
  const reason = `[${text.where(at)}] failed to parse field [${field}] of type [${type}] in document with id '${text.id}'. Preview of field's value: '${preview}'`;
  return new ApiError(
    400,
    { type: 'document_parsing_exception', reason, caused_by: cause },
    root === undefined ? {} : { roots: [root] },
  );
}

function toCause(cause: Fault | string): Fault {
  return typeof cause === 'string' ? { type: 'illegal_argument_exception', reason: cause } : cause;
}
