import { skipSpace, skipValue, sameBytes } from '../json/scan.ts';

/**
 * A change of a document that can be made in its text, without parsing it: `set` writes a value (null stands for the
 * time of arrival), `absent` is only right where none of the paths is there.
 */
export type Splice =
  | {
      readonly kind: 'set';
      readonly path: readonly string[];
      readonly value: string | null;
      readonly override: boolean;
    }
  | { readonly kind: 'absent'; readonly paths: readonly string[] };

const OPEN = 0x7b;
const CLOSE = 0x7d;
const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const NULL = 0x6e;

const names = new Map<string, Uint8Array>();

/**
 * @param bytes a valid JSON object
 * @returns the pieces of the new text, or null where the change has to be made on the parsed document
 */
export function spliceText(
  bytes: Uint8Array,
  splice: Splice,
  timestamp: string,
): Uint8Array[] | null {
  if (splice.kind === 'absent') {
    return splice.paths.every((path) => isAbsent(bytes, path.split('.'))) ? [bytes] : null;
  }
  const text = splice.value ?? `"${timestamp}"`;
  let object = skipSpace(bytes, 0);
  for (const [depth, step] of splice.path.entries()) {
    const entry = findEntry(bytes, object, toName(step));
    if (entry === null) return null;
    const last = depth === splice.path.length - 1;
    if (!entry.found) {
      const rest = splice.path.slice(depth);
      const opened = rest.map((name) => `${JSON.stringify(name)}:`).join('{');
      const comma = entry.empty ? '' : ',';
      return cut(
        bytes,
        object + 1,
        object + 1,
        `${opened}${text}${'}'.repeat(rest.length - 1)}${comma}`,
      );
    }
    if (last) {
      if (!splice.override && bytes[entry.from] !== NULL) return [bytes];
      return cut(bytes, entry.from, entry.to, text);
    }
    if (bytes[entry.from] !== OPEN) return null;
    object = entry.from;
  }
  return null;
}

function isAbsent(bytes: Uint8Array, path: readonly string[]): boolean {
  let object = skipSpace(bytes, 0);
  for (const step of path) {
    const entry = findEntry(bytes, object, toName(step));
    if (entry === null) return false;
    if (!entry.found) return true;
    if (bytes[entry.from] !== OPEN) return false;
    object = entry.from;
  }
  return false;
}

type Entry = { found: true; from: number; to: number } | { found: false; empty: boolean };

/** The value of a key of the object at `at`; null where keys are written with escapes. */
function findEntry(bytes: Uint8Array, at: number, name: Uint8Array): Entry | null {
  let next = skipSpace(bytes, at + 1);
  if (bytes[next] === CLOSE) return { found: false, empty: true };
  while (bytes[next] === QUOTE) {
    const keyEnd = skipValue(bytes, next);
    const length = keyEnd - next - 2;
    if (bytes.subarray(next + 1, keyEnd - 1).includes(BACKSLASH)) return null;
    const from = skipSpace(bytes, skipSpace(bytes, keyEnd) + 1);
    const to = skipValue(bytes, from);
    if (length === name.length && sameBytes(bytes, next + 1, name))
      return { found: true, from, to };
    next = skipSpace(bytes, to);
    if (bytes[next] !== COMMA) break;
    next = skipSpace(bytes, next + 1);
  }
  return { found: false, empty: false };
}

function cut(bytes: Uint8Array, from: number, to: number, text: string): Uint8Array[] {
  return [bytes.subarray(0, from), Buffer.from(text), bytes.subarray(to)];
}

function toName(step: string): Uint8Array {
  let name = names.get(step);
  if (name === undefined) names.set(step, (name = Buffer.from(step)));
  return name;
}
