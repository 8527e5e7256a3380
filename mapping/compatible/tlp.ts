import type { Json } from '../exact-json.ts';
import type { Elements } from './elements.ts';
import { listOf } from './shape.ts';

/** @see https://www.first.org/tlp/ (WHITE is CLEAR's name in version 1) */
const LEVELS = new Set(['WHITE', 'CLEAR', 'GREEN', 'AMBER', 'AMBER+STRICT', 'RED']);

/** Levels of labels that are spelled exactly `TLP:AMBER`; whatever stands before the colon. */
export function toTlp(securityLabels: Elements): Json[] | undefined {
  const levels: string[] = [];
  for (const label of securityLabels) {
    const [, level] = typeof label?.name === 'string' ? label.name.split(':', 2) : [];
    if (level !== undefined && LEVELS.has(level)) levels.push(level);
  }
  return listOf(levels);
}
