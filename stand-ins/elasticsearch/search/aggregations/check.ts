import { illegalArgument } from '../../errors.ts';
import { type Index } from '../../state/index.ts';
import { checkDocValues } from '../field-types.ts';
import { type Aggregation, fieldsOf } from './parse.ts';

const MAX_BUCKETS = 65_536;

/** @throws {ApiError} for fields that cannot be aggregated: the failure of this index's shard */
export function checkAggregations(aggregations: readonly Aggregation[], index: Index): void {
  for (const aggregation of aggregations) {
    for (const field of fieldsOf(aggregation)) {
      const type = index.columns.typeOf(field);
      if (type !== null) checkDocValues(type, index.name);
    }
    if (aggregation.kind === 'composite' && aggregation.size > MAX_BUCKETS)
      throw illegalArgument(`Trying to create too many buckets: more than [${MAX_BUCKETS}]`);
    checkAggregations(aggregation.inner, index);
  }
}
