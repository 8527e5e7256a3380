import { isObject, parseExact, RawJson, rawDigits } from '../json/exact.ts';

/** JSON with the spaces of `?pretty`: two a level, ` : ` after a key, `{ }` and `[ ]` where there is nothing inside. */
export function toPrettyJson(value: unknown, indent = ''): string {
  const inner = value instanceof RawJson ? parseExact(value.text) : value;
  const deeper = `${indent}  `;
  if (Array.isArray(inner)) {
    if (inner.length === 0) return '[ ]';
    const items = inner.map((item) => deeper + toPrettyJson(item, deeper));
    return `[\n${items.join(',\n')}\n${indent}]`;
  }
  if (isObject(inner) && rawDigits(inner) === null) {
    const fields = Object.entries(inner)
      .filter(([, child]) => child !== undefined)
      .map(([key, child]) => `${deeper}${JSON.stringify(key)} : ${toPrettyJson(child, deeper)}`);
    return fields.length === 0 ? '{ }' : `{\n${fields.join(',\n')}\n${indent}}`;
  }
  return JSON.stringify(inner) ?? 'null';
}
