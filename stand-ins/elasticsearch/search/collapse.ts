import { illegalArgument } from '../errors.ts';
import { type Index } from '../state/index.ts';
import { type Match } from './match.ts';
import { type SearchRequest } from './request.ts';
import { familyOf } from './values.ts';

/** @throws {ApiError} for a field that hits cannot be grouped by: the failure of this index's shard */
export function checkCollapse(field: string, index: Index, request: SearchRequest): void {
  if (field === '') throw illegalArgument('no collapse field specified');
  const column = index.columns.get(field);
  if (column === null) {
    throw illegalArgument(`no mapping found for \`${field}\` in order to collapse on`);
  }
  const { type } = column;
  if (type.type !== 'keyword' && familyOf(type) !== 'whole' && familyOf(type) !== 'fractional') {
    throw illegalArgument(
      `collapse is not supported for the field [${field}] of the type [${type.type}]`,
    );
  }
  if (request.searchAfter !== null && request.sort.some((key) => key.field !== field)) {
    throw illegalArgument(
      'Cannot use [collapse] in conjunction with [search_after] unless the search is sorted on the same field. Multiple sort fields are not allowed.',
    );
  }
}

/** @throws {ApiError} where a document that matched has several values to be grouped by */
export function checkSingle(field: string | null, index: Index, position: number): void {
  if (field === null) return;
  if ((index.columns.get(field)?.at(position).length ?? 0) > 1) {
    throw illegalArgument(
      `failed to extract doc:${position}, the grouping field must be single valued`,
    );
  }
}

/** The best hit of each value of the field; those without a value are one group. @param matches best first */
export function firstOfEachGroup(field: string, matches: readonly Match[]): Match[] {
  const seen = new Set<unknown>();
  return matches.filter((match) => {
    const value = match.index.columns.get(field)?.at(match.position)[0];
    if (seen.has(value)) return false;
    seen.add(value);
    return true;
  });
}
