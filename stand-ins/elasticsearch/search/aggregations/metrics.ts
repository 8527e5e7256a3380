import { type JsonObject, toDouble } from '../../json/exact.ts';
import { showDate } from '../../text/dates.ts';
import { familyOf, formatOf, type Scalar } from '../values.ts';
import { type MetricKind } from './parse.ts';
import { forEachDocument, type Scope, typeIn } from './scope.ts';

export function computeMetric(
  kind: MetricKind,
  field: string,
  scopes: readonly Scope[],
): JsonObject {
  let sum = 0;
  let min = Infinity;
  let max = -Infinity;
  const seen = new Set<Scalar>();
  forEachDocument(scopes, field, (_scope, _position, values) => {
    for (const value of values) {
      if (kind === 'cardinality') seen.add(value);
      const number = Number(value);
      sum += number;
      if (number < min) min = number;
      if (number > max) max = number;
    }
  });
  if (kind === 'cardinality') return { value: seen.size };
  const value = { max, min, sum }[kind];
  if (!Number.isFinite(value)) return { value: null };
  const type = typeIn(scopes, field);
  const isDate = type !== null && familyOf(type) === 'date';
  return {
    value: toDouble(value),
    ...(isDate ? { value_as_string: showDate(value, formatOf(type)) } : {}),
  };
}
