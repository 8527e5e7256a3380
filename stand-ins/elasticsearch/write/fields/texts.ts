import { type JsonObject } from '../../json/exact.ts';
import { type Node } from '../../json/nodes.ts';
import { badScalar, type BadValue, textExpected } from './bad-value.ts';
import { type DocumentText } from './document-text.ts';

/** Longest term that the index can hold. */
export const MAX_TERM_BYTES = 32_766;

const SHOWN_BYTES = 30;

/** `ignored`: stored but not indexed, as `ignore_above` says. */
export function checkKeyword(
  definition: JsonObject,
  field: string,
  node: Node,
  text: DocumentText,
  ignoreAbove: number,
): BadValue | 'ignored' | null {
  if (node.kind === 'object') return textExpected(text, node);
  if (node.kind === 'array' || node.kind === 'null') return null;
  if (node.text.length > ignoreAbove) return 'ignored';
  const indexed = definition['index'] !== false || definition['doc_values'] !== false;
  const bytes = Buffer.from(node.text);
  if (!indexed || bytes.length <= MAX_TERM_BYTES) return null;
  const signed = [...bytes.subarray(0, SHOWN_BYTES)].map((byte) => (byte << 24) >> 24);
  return badScalar(
    node,
    `Document contains at least one immense term in field="${field}" (whose UTF8 encoding is longer than the max length ${MAX_TERM_BYTES}), all of which were skipped. Please correct the analyzer to not produce such terms. The prefix of the first immense term is: '[${signed.join(', ')}]...'`,
  );
}

/** @param constant the value that all documents of the index have; null: none has brought one yet */
export function checkConstant(
  field: string,
  node: Node,
  text: DocumentText,
  constant: string | null,
): BadValue | null {
  if (node.kind === 'object') return textExpected(text, node);
  if (node.kind === 'array' || node.kind === 'null') return null;
  if (constant === null || node.text === constant) return null;
  return badScalar(
    node,
    `[constant_keyword] field [${field}] only accepts values that are equal to the value defined in the mappings [${constant}], but got [${node.text}]`,
  );
}
