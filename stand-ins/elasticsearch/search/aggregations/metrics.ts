import { type JsonObject, toDouble } from '../../json/exact.ts';
import { showDate } from '../../text/dates.ts';
import { type FieldType } from '../field-types.ts';
import { familyOf, formatOf, type Scalar } from '../values.ts';
import { type MetricKind } from './parse.ts';
import { forEachDocument, type Scope, typeIn } from './scope.ts';

export function computeMetric(
  kind: MetricKind,
  field: string,
  scopes: readonly Scope[],
): JsonObject {
  let count = 0;
  let sum = 0;
  let least = Infinity;
  let most = -Infinity;
  const seen = kind === 'cardinality' ? new Set<Scalar>() : null;
  forEachDocument(scopes, field, (_scope, _position, values) => {
    for (const value of values) {
      count += 1;
      seen?.add(value);
      if (typeof value !== 'number') continue;
      sum += value;
      if (value < least) least = value;
      if (value > most) most = value;
    }
  });
  if (kind === 'value_count') return { value: count };
  if (seen !== null) return { value: seen.size };
  const results = { avg: sum / count, max: most, min: least, sum };
  const value = kind === 'sum' || count > 0 ? results[kind as keyof typeof results] : null;
  if (value === null) return { value: null };
  return { value: toDouble(value), ...asString(typeIn(scopes, field), value) };
}

/** The value of an inner metric by which buckets are sorted. */
export function metricOf(result: unknown): number {
  const value = (result as { value?: unknown } | undefined)?.value;
  return value === null || value === undefined ? -Infinity : Number(JSON.stringify(value));
}

function asString(type: FieldType | null, value: number): JsonObject {
  if (type === null) return {};
  if (familyOf(type) === 'date') return { value_as_string: showDate(value, formatOf(type)) };
  return familyOf(type) === 'boolean' ? { value_as_string: String(value === 1) } : {};
}
