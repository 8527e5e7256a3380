/** Line and column, both from 1, as the real server's parser counts them (columns in UTF-8 bytes are counted as characters). */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** One step from a JSON value to an inner one: the name of a field or the place in an array. */
export type Path = readonly (string | number)[];

/**
 * Where a part of a JSON text stands, for error messages: the first character of the value at `path`, of its key, or
 * its closing bracket.
 *
 * @param text valid JSON that has the path; otherwise the position is that of the whole text
 */
export function locate(text: string, path: Path, what: 'value' | 'key' | 'end'): Position {
  let at = skipSpace(text, 0);
  let keyAt = at;
  for (const step of path) {
    const found = typeof step === 'number' ? element(text, at, step) : field(text, at, step);
    if (found === null) return toPosition(text, at);
    keyAt = found.keyAt;
    at = found.valueAt;
  }
  if (what === 'key') return toPosition(text, keyAt);
  return toPosition(text, what === 'end' ? skipValue(text, at) - 1 : at);
}

/** Where the first value of a text ends. */
export function firstValueEnd(text: string): number {
  return skipValue(text, skipSpace(text, 0));
}

export function toPosition(text: string, offset: number): Position {
  const before = text.slice(0, offset);
  const lastBreak = before.lastIndexOf('\n');
  return { line: before.split('\n').length, column: offset - lastBreak };
}

interface Found {
  readonly keyAt: number;
  readonly valueAt: number;
}

function field(text: string, at: number, name: string): Found | null {
  if (text[at] !== '{') return null;
  let next = skipSpace(text, at + 1);
  while (text[next] === '"') {
    const keyAt = next;
    const keyEnd = skipValue(text, next);
    const valueAt = skipSpace(text, skipSpace(text, keyEnd) + 1);
    if (JSON.parse(text.slice(keyAt, keyEnd)) === name) return { keyAt, valueAt };
    next = skipSpace(text, skipValue(text, valueAt));
    if (text[next] === ',') next = skipSpace(text, next + 1);
  }
  return null;
}

function element(text: string, at: number, place: number): Found | null {
  if (text[at] !== '[') return null;
  let next = skipSpace(text, at + 1);
  for (let index = 0; next < text.length && text[next] !== ']'; index += 1) {
    if (index === place) return { keyAt: next, valueAt: next };
    next = skipSpace(text, skipValue(text, next));
    if (text[next] === ',') next = skipSpace(text, next + 1);
  }
  return null;
}

function skipSpace(text: string, at: number): number {
  let next = at;
  while (' \n\r\t'.includes(text[next] ?? 'x')) next += 1;
  return next;
}

function skipValue(text: string, at: number): number {
  const first = text[at];
  if (first === '"') {
    let next = at + 1;
    while (next < text.length && text[next] !== '"') next += text[next] === '\\' ? 2 : 1;
    return next + 1;
  }
  if (first === '{' || first === '[') {
    let next = at;
    let depth = 0;
    do {
      const character = text[next];
      if (character === '"') {
        next = skipValue(text, next);
        continue;
      }
      if (character === '{' || character === '[') depth += 1;
      if (character === '}' || character === ']') depth -= 1;
      next += 1;
    } while (depth > 0 && next < text.length);
    return next;
  }
  let next = at;
  while (next < text.length && !',]} \n\r\t'.includes(text[next] ?? '')) next += 1;
  return next;
}
