import { type Node } from '../json/nodes.ts';

/** A value of a document as Java prints it in messages: `{a=1, b=[x, null]}`. */
export function nodeToJava(node: Node): string {
  switch (node.kind) {
    case 'object':
      return `{${node.entries.map(({ name, value }) => `${name}=${nodeToJava(value)}`).join(', ')}}`;
    case 'array':
      return `[${node.items.map(nodeToJava).join(', ')}]`;
    case 'null':
      return 'null';
    case 'number':
      return numberToJava(node.text);
    default:
      return node.text;
  }
}

/** Digits of JSON as Java prints the number: whole ones digit by digit, others like a double. */
export function numberToJava(digits: string): string {
  return /^-?\d+$/.test(digits) ? String(BigInt(digits)) : doubleToJava(Number(digits));
}

/** `Double.toString`. */
export function doubleToJava(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (value === 0 || (size >= 1e-3 && size < 1e7)) {
    return Number.isInteger(value) ? `${value}.0` : String(value);
  }
  const [mantissa = '', exponent = ''] = value.toExponential().split('e');
  return `${mantissa.includes('.') ? mantissa : `${mantissa}.0`}E${exponent.replace('+', '')}`;
}
