import { illegalArgument } from '../../errors.ts';
import { type JsonObject } from '../../json/exact.ts';
import { type FieldType } from '../field-types.ts';
import { compareScalars } from '../sort.ts';
import { familyOf, type Scalar, showScalar, toScalars } from '../values.ts';
import { type CompositeAggregation } from './parse.ts';
import { Buckets, type Inner, type Scope, toBucket, typeIn } from './scope.ts';

/** The values of one bucket, in the order of the sources. */
type Key = readonly Scalar[];

export function computeComposite(
  { after, size, sources }: CompositeAggregation,
  scopes: readonly Scope[],
  inner: Inner,
): JsonObject {
  const types = sources.map(({ field }) => typeIn(scopes, field));
  const start =
    after === null
      ? null
      : sources.map(({ name }, place) => parse(types[place] ?? null, name, after[name]));
  const buckets = new Buckets<string>();
  const keys = new Map<string, Key>();
  for (const scope of scopes) {
    const columns = sources.map(({ field }) => scope.index.columns.get(field));
    for (const position of scope.positions) {
      for (const key of combinations(columns.map((column) => column?.at(position) ?? []))) {
        if (start !== null && compareKeys(key, start) <= 0) continue;
        const text = JSON.stringify(key);
        keys.set(text, key);
        buckets.add(text, scope, position);
      }
    }
  }
  const page = [...keys]
    .sort(([, a], [, b]) => compareKeys(a, b))
    .slice(0, size)
    .map(([text, key]) => {
      const shown = sources.map(({ name }, place) => [name, show(types[place], key[place])]);
      return { key: Object.fromEntries(shown) as JsonObject, own: buckets.scopesOf(text) };
    });
  const last = page.at(-1);
  return {
    ...(last === undefined ? {} : { after_key: last.key }),
    buckets: page.map(({ key, own }) => toBucket({ key }, own, inner)),
  };
}

/** One key for each combination of a document's values; none if a field has no value. */
function combinations(values: readonly (readonly Scalar[])[]): Key[] {
  let keys: Key[] = [[]];
  for (const own of values) keys = keys.flatMap((key) => own.map((value) => key.concat(value)));
  return keys;
}

function compareKeys(a: Key, b: Key): number {
  for (const [place, one] of a.entries()) {
    const difference = compareScalars(one, b[place] ?? one);
    if (difference !== 0) return difference;
  }
  return 0;
}

function parse(type: FieldType | null, name: string, value: unknown): Scalar {
  const [scalar] = type === null ? [''] : toScalars(type, value);
  if (scalar === undefined) throw illegalArgument(`Missing value for [after.${name}]`);
  return scalar;
}

function show(type: FieldType | null | undefined, value: Scalar | undefined): unknown {
  if (value === undefined || type === null || type === undefined) return value;
  return familyOf(type) === 'date' ? value : showScalar(type, value);
}
