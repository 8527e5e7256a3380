import { isIPv4 } from 'node:net';

import { type Fault } from '../../errors.ts';
import { type Node } from '../../json/nodes.ts';
import { toSortableAddress } from '../../search/addresses.ts';
import { badScalar, type BadValue, textExpected } from './bad-value.ts';
import { type DocumentText } from './document-text.ts';

export function checkAddress(node: Node, text: DocumentText): BadValue | null {
  if (node.kind === 'object') return textExpected(text, node);
  if (node.kind === 'array' || node.kind === 'null') return null;
  return toSortableAddress(node.text) === null ? noAddress(node, node.text, true) : null;
}

const BOUNDS = new Set(['gt', 'gte', 'lt', 'lte']);

/** `10.0.0.0/8`, or an object with bounds. */
export function checkAddressRange(field: string, node: Node, text: DocumentText): BadValue | null {
  if (node.kind === 'string') return checkBlock(node, node.text);
  if (node.kind !== 'object') {
    return misshapen(
      node,
      text,
      `error parsing field [${field}], expected an object but got ${field}`,
    );
  }
  const bounds = new Map<string, string>();
  for (const { name, value } of node.entries) {
    if (!BOUNDS.has(name)) {
      return misshapen(
        value,
        text,
        `error parsing field [${field}], with unknown parameter [${name}]`,
      );
    }
    if (value.kind === 'null' || value.kind === 'array' || value.kind === 'object') continue;
    const address = toSortableAddress(value.text);
    if (address === null) return noAddress(value, value.text, false);
    bounds.set(name.slice(0, 2), name.endsWith('e') ? address : beside(address, name));
  }
  const [low, high] = [bounds.get('gt'), bounds.get('lt')];
  if (low === undefined || high === undefined || low <= high) return null;
  const reason = 'min value cannot be greater than max value for InetAddressRange field';
  return {
    at: node.to - 1,
    preview: 'null',
    cause: { type: 'illegal_argument_exception', reason },
    malformed: false,
  };
}

/** A bound that is not part of the range, moved into it. */
function beside(address: string, bound: string): string {
  const moved = BigInt(`0x${address}`) + (bound === 'gt' ? 1n : -1n);
  return moved.toString(16).padStart(32, '0');
}

function checkBlock(node: Node, block: string): BadValue | null {
  const [address = '', prefix] = block.split('/');
  if (prefix === undefined || prefix === '')
    return badScalar(node, `Expected [ip/prefix] but was [${block}]`);
  if (toSortableAddress(address) === null) return noAddress(node, address, false);
  const most = isIPv4(address) ? 32 : 128;
  if (!/^[+-]?\d+$/.test(prefix)) {
    const reason = `For input string: "${prefix}"`;
    return badScalar(node, { type: 'number_format_exception', reason });
  }
  if (Number(prefix) >= 0 && Number(prefix) <= most) return null;
  return badScalar(
    node,
    `Illegal prefix length [${prefix}] in [${block}]. Must be 0-32 for IPv4 ranges, 0-128 for IPv6 ranges`,
  );
}

function noAddress(node: Node, given: string, malformed: boolean): BadValue {
  return badScalar(node, `'${given}' is not an IP string literal.`, malformed);
}

function misshapen(node: Node, text: DocumentText, what: string): BadValue {
  const cause: Fault = {
    type: 'document_parsing_exception',
    reason: `[${text.where(node.from)}] ${what}`,
  };
  return { ...badScalar(node, cause), root: cause };
}
