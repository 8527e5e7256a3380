import { ApiError, illegalArgument } from '../../errors.ts';
import { type Index } from '../../state/index.ts';
import { checkDocValues } from '../indexed.ts';
import { fielddataDisabled } from '../sort.ts';
import { familyOf } from '../values.ts';
import { type Aggregation, fieldsOf } from './parse.ts';

const MAX_BUCKETS = 65_536;
const OF_NUMBERS = new Set(['avg', 'max', 'min', 'sum']);

/** @throws {ApiError} for what cannot be aggregated: the failure of this index's shard */
export function checkAggregations(aggregations: readonly Aggregation[], index: Index): void {
  for (const aggregation of aggregations) {
    for (const field of fieldsOf(aggregation)) {
      const type = index.columns.typeOf(field);
      if (type === null) continue;
      if (familyOf(type) === 'text') throw fielddataDisabled(field, index);
      checkDocValues(type);
      const numeric = ['boolean', 'date', 'fractional', 'whole'].includes(familyOf(type));
      if (OF_NUMBERS.has(aggregation.kind) && !numeric) {
        throw illegalArgument(
          `Field [${field}] of type [${type.type}] is not supported for aggregation [${aggregation.kind}]`,
        );
      }
    }
    if (aggregation.kind === 'composite') checkComposite(aggregation);
    checkAggregations(aggregation.inner, index);
  }
}

function checkComposite({ size, sources, after }: Aggregation & { kind: 'composite' }): void {
  if (size > MAX_BUCKETS) {
    throw new ApiError(400, {
      type: 'too_many_buckets_exception',
      reason: `Trying to create too many buckets. Must be less than or equal to: [${MAX_BUCKETS}] but was [${size}]. This limit can be set by changing the [search.max_buckets] cluster level setting.`,
      max_buckets: MAX_BUCKETS,
    });
  }
  if (after === null) return;
  const missing = sources.find(({ name }) => !(name in after));
  if (missing !== undefined) throw illegalArgument(`Missing value for [after.${missing.name}]`);
}
