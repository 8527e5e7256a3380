import { type Fault } from '../../errors.ts';
import { type JsonObject } from '../../json/exact.ts';
import { type Node, type ObjectNode } from '../../json/nodes.ts';
import { badObject, badScalar, type BadValue } from './bad-value.ts';
import { type DocumentText } from './document-text.ts';
import { MAX_TERM_BYTES } from './texts.ts';

const DEFAULT_DEPTH_LIMIT = 20;

/** A flattened field takes objects only, of limited depth, whose leaves with their names fit into a term each. */
export function checkFlattened(
  definition: JsonObject,
  field: string,
  node: Node,
  text: DocumentText,
): BadValue | null {
  if (node.kind !== 'object') {
    const [line, column] = text.where(node.from).split(':').map(Number);
    const cause: Fault = {
      type: 'parsing_exception',
      reason: `Failed to parse object: expecting token of type [START_OBJECT] but found [VALUE_${node.kind.toUpperCase()}]`,
      line,
      col: column,
    };
    return { ...badScalar(node, cause), root: cause };
  }
  const limits = {
    field,
    depth: Number(definition['depth_limit'] ?? DEFAULT_DEPTH_LIMIT),
    ignoreAbove: Number(definition['ignore_above'] ?? Infinity),
  };
  return checkObject(node, limits, '', 1);
}

interface Limits {
  readonly field: string;
  readonly depth: number;
  readonly ignoreAbove: number;
}

function checkObject(
  node: ObjectNode,
  limits: Limits,
  path: string,
  depth: number,
): BadValue | null {
  if (depth > limits.depth) {
    return badObject(
      node,
      `The provided [flattened] field [${limits.field}] exceeds the maximum depth limit of [${limits.depth}].`,
    );
  }
  for (const { name, value } of node.entries) {
    const bad = checkInner(value, limits, path + name, depth);
    if (bad !== null) return bad;
  }
  return null;
}

function checkInner(node: Node, limits: Limits, path: string, depth: number): BadValue | null {
  if (node.kind === 'object') return checkObject(node, limits, `${path}.`, depth + 1);
  if (node.kind === 'array') {
    for (const item of node.items) {
      const bad = checkInner(item, limits, path, depth);
      if (bad !== null) return bad;
    }
    return null;
  }
  if (node.kind === 'null' || node.text.length > limits.ignoreAbove) return null;
  const keyBytes = Buffer.byteLength(path);
  const valueBytes = Buffer.byteLength(node.text);
  if (keyBytes + 1 + valueBytes <= MAX_TERM_BYTES) return null;
  return badScalar(
    node,
    `Flattened field [${limits.field}] contains one immense field whose keyed encoding is longer than the allowed max length of ${MAX_TERM_BYTES} bytes. Key length: ${keyBytes}, value length: ${valueBytes} for key starting with [${path.slice(0, 50)}]`,
  );
}
