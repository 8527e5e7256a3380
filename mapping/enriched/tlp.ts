import type { Elements } from '../compatible/elements.ts';

/** @see https://www.first.org/tlp/ (WHITE is CLEAR's name in version 1) */
const STRICTNESS: ReadonlyMap<string, number> = new Map([
  ['CLEAR', 0],
  ['WHITE', 0],
  ['GREEN', 1],
  ['AMBER', 2],
  ['AMBER+STRICT', 3],
  ['RED', 4],
]);

/** The strictest level of all labels, however they spell it: `TLP: Amber Strict`. */
export function strictestTlp(securityLabels: Elements): string | undefined {
  let strictest: string | undefined;
  let strictness = -1;
  for (const label of securityLabels) {
    const level = typeof label?.name === 'string' ? toLevel(label.name) : undefined;
    const found = STRICTNESS.get(level ?? '') ?? -1;
    if (found > strictness) {
      strictest = level;
      strictness = found;
    }
  }
  return strictest;
}

function toLevel(name: string): string | undefined {
  const [, level] = withoutBlanks(name.toUpperCase()).split(':', 2);
  return level === 'AMBERSTRICT' ? 'AMBER+STRICT' : level;
}

function withoutBlanks(text: string): string {
  let rest = '';
  for (const character of text) {
    if (character > ' ' && character !== '_') rest += character;
  }
  return rest;
}
