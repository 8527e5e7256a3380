import { illegalArgument } from '../errors.ts';
import { type Index } from '../state/index.ts';
import { type Match } from './match.ts';
import { familyOf } from './values.ts';

/** @throws {ApiError} for a field that hits cannot be grouped by: the failure of this index's shard */
export function checkCollapse(field: string, index: Index): void {
  const type = index.columns.typeOf(field);
  if (type === null)
    throw illegalArgument(`no mapping found for \`${field}\` in order to collapse on`);
  if (type.type !== 'keyword' && familyOf(type) !== 'whole') {
    throw illegalArgument(
      `collapse is not supported for the field [${field}] of the type [${type.type}]`,
    );
  }
}

/** The best hit of each value of the field. Documents without a value are one group. @param matches best first */
export function firstOfEachGroup(field: string, matches: readonly Match[]): Match[] {
  const seen = new Set<unknown>();
  return matches.filter((match) => {
    const value = match.index.columns.get(field)?.at(match.position)[0];
    if (seen.has(value)) return false;
    seen.add(value);
    return true;
  });
}
