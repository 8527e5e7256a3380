import { notInStandIn } from '../../errors.ts';
import { asText, type JsonObject } from '../../json/exact.ts';
import { type Node } from '../../json/nodes.ts';
import { DEFAULT_DATE_FORMAT, parseDate } from '../../text/dates.ts';
import { checkAddress, checkAddressRange } from './addresses.ts';
import { badScalar, type BadValue, textExpected } from './bad-value.ts';
import { type DocumentText } from './document-text.ts';
import { checkFlattened } from './flattened.ts';
import { checkNumber, isNumberType } from './numbers.ts';
import { checkConstant, checkKeyword } from './texts.ts';

/** What a field's type says to one value: `ignored` values are stored but not indexed. */
export type Verdict = BadValue | 'ignored' | null;

export interface FieldContext {
  readonly field: string;
  readonly definition: JsonObject;
  /** Of `constant_keyword`: what the index holds so far. */
  readonly constant: string | null;
  /** `index.mapping.ignore_above`, for fields that do not say. */
  readonly ignoreAbove: number;
}

/** @param node neither an array nor null */
export function checkValue(node: Node, text: DocumentText, context: FieldContext): Verdict {
  const { field, definition } = context;
  const type = String(definition['type']);
  if (isNumberType(type)) return checkNumber(type, definition, node, text);
  switch (type) {
    case 'keyword':
    case 'wildcard': {
      const ignoreAbove = Number(definition['ignore_above'] ?? context.ignoreAbove);
      const unlimited = type === 'wildcard' ? { index: false, doc_values: false } : definition;
      return checkKeyword(unlimited, field, node, text, ignoreAbove);
    }
    case 'text':
    case 'match_only_text':
    case 'binary':
      return node.kind === 'object' ? textExpected(text, node) : null;
    case 'constant_keyword':
      return checkConstant(field, node, text, context.constant);
    case 'boolean':
      return checkBoolean(node, text);
    case 'date':
    case 'date_nanos':
      return checkDate(definition, node, text);
    case 'ip':
      return checkAddress(node, text);
    case 'ip_range':
      return checkAddressRange(field, node, text);
    case 'flattened':
      return checkFlattened(definition, field, node, text);
    default:
      throw notInStandIn(`a value for [${field}] of type [${type}]`);
  }
}

function checkBoolean(node: Node, text: DocumentText): BadValue | null {
  if (node.kind === 'boolean' || node.kind === 'array' || node.kind === 'null') return null;
  if (node.kind === 'string') {
    if (['true', 'false', ''].includes(node.text)) return null;
    const reason = `Failed to parse value [${node.text}] as only [true] or [false] are allowed.`;
    return badScalar(node, reason, true);
  }
  if (node.kind === 'object' && node.dotted === true)
    return textExpected(text, node, 'boolean value');
  const object = node.kind === 'object';
  const number = object || /^-?\d+$/.test(node.text) ? 'VALUE_NUMBER_INT' : 'VALUE_NUMBER_FLOAT';
  const message = `Current token (${object ? 'START_OBJECT' : number}) not of boolean type`;
  const end = object ? node.from + 1 : node.to;
  const bad = badScalar(node, text.readerFault('json_parse_exception', message, end), !object);
  return object ? { ...bad, at: node.to - 1 } : bad;
}

function checkDate(definition: JsonObject, node: Node, text: DocumentText): BadValue | null {
  if (node.kind === 'object') return textExpected(text, node);
  if (node.kind === 'array' || node.kind === 'null') return null;
  const date = parseDate(node.text, asText(definition['format'] ?? DEFAULT_DATE_FORMAT));
  if (typeof date === 'number') return null;
  const parsing = date.reason.startsWith('failed to parse date field');
  const cause = {
    type: 'date_time_parse_exception',
    reason: 'Failed to parse with all enclosed parsers',
  };
  return badScalar(node, parsing ? { ...date, caused_by: cause } : date, true);
}
