import { elementsOf } from './nested.ts';
import type { Switches } from './switches.ts';

type Limits = Pick<Switches, 'nestedLimit' | 'nestedCount'>;

/** A collection as the API would write it, no longer than is allowed; any other value as it is. */
export function cut(json: string, limits: Limits): string {
  const { nestedLimit } = limits;
  if (nestedLimit === null || !json.startsWith('{')) return json;
  const elements = elementsOf(Buffer.from(json));
  if (elements.length <= nestedLimit) return json;
  const texts = elements.slice(0, nestedLimit).map(({ text }) => text);
  return limitedCollection(texts, elements.length, limits);
}

/** @param total how many there are; more than the texts where some were left out */
export function limitedCollection(
  texts: readonly string[],
  total: number,
  { nestedCount }: Limits,
): string {
  if (total === 0) return '{}';
  const count = nestedCount && texts.length < total ? `,"count":${total}` : '';
  return `{"data":[${texts.join(',')}]${count}}`;
}
