import type { ListParameters, Pairs } from './parameters.ts';

export interface Page {
  /** Origin and path of this request, without the query. */
  base: string;
  pairs: Pairs;
  list: Pick<ListParameters, 'start' | 'limit'>;
  more: boolean;
  /** `null` if the answer has no `count`. */
  total: number | null;
}

/**
 * The envelope around `data`, keys in the vendor's order: `next` first and only if more records follow, `prev` only
 * after the first page, `count` only on the first page and if the request asks for it.
 *
 * @see the vendor's "Enable Pagination" and "Return a Count of Results" pages
 */
export function envelope(page: Page): { head: string; tail: string } {
  const { start, limit } = page.list;
  const next = page.more ? `"next":${JSON.stringify(link(page, start + limit))},` : '';
  const prev = start > 0 ? `,"prev":${JSON.stringify(link(page, Math.max(0, start - limit)))}` : '';
  const count = page.total !== null && start === 0 ? `,"count":${page.total}` : '';
  return { head: `{${next}"data":[`, tail: `]${prev}${count},"status":"Success"}` };
}

/** All parameters of the request, percent-encoded, with another offset. The link contains no cursor. */
function link({ base, pairs, list }: Page, start: number): string {
  const kept = pairs.filter(([key]) => key !== 'resultStart' && key !== 'resultLimit');
  const all: Pairs = [...kept, ['resultStart', String(start)], ['resultLimit', String(list.limit)]];
  const query = all.map(
    ([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`,
  );
  return `${base}?${query.join('&')}`;
}
