import { ApiError, illegalArgument, notInStandIn } from '../errors.ts';
import { type Index } from '../state/index.ts';
import { type FieldType } from './field-types.ts';
import { familyOf } from './values.ts';

/** False for a field that no query can look at. */
export function isSearchable({ definition }: FieldType): boolean {
  return definition['index'] !== false || definition['doc_values'] !== false;
}

/** @throws {ApiError} 400 for a field that no query can look at: the failure of this index's shard */
export function checkSearchable(index: Index, type: FieldType): void {
  if (familyOf(type) === 'other')
    throw notInStandIn(`a query of the field [${type.field}] of type [${type.type}]`);
  if (isSearchable(type)) return;
  const reason = `Cannot search on field [${type.field}] since it is not indexed nor has doc values.`;
  throw new ApiError(400, {
    type: 'query_shard_exception',
    reason: `failed to create query: ${reason}`,
    index_uuid: index.uuid,
    index: index.name,
    caused_by: { type: 'illegal_argument_exception', reason },
  });
}

/** @throws {ApiError} 400 for a field that cannot be sorted, counted or shown by its stored values */
export function checkDocValues({ definition, field, type }: FieldType): void {
  if (definition['doc_values'] !== false) return;
  throw illegalArgument(
    `Can't load fielddata on [${field}] because fielddata is unsupported on fields of type [${type}]. Use doc values instead.`,
  );
}
