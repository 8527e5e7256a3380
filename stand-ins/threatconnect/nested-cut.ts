import { elementsOf } from './nested.ts';
import type { Switches } from './switches.ts';

type Limits = Pick<Switches, 'nestedLimit' | 'nestedCount'>;

/** A collection as the API would write it, cut to the allowed length; any other value unchanged. */
export function cut(json: string, limits: Limits): string {
  const { nestedLimit } = limits;
  if (nestedLimit === null || !json.startsWith('{')) return json;
  const elements = elementsOf(Buffer.from(json));
  if (elements.length <= nestedLimit) return json;
  const texts = elements.slice(0, nestedLimit).map(({ text }) => text);
  return limitedCollection(texts, elements.length, limits);
}

/** @param total number of elements; larger than the number of texts if some were left out */
export function limitedCollection(
  texts: readonly string[],
  total: number,
  { nestedCount }: Limits,
): string {
  if (total === 0) return '{}';
  const count = nestedCount && texts.length < total ? `,"count":${total}` : '';
  return `{"data":[${texts.join(',')}]${count}}`;
}
