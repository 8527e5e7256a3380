import { type JsonObject } from '../../json/exact.ts';
import { type FieldType } from '../field-types.ts';
import { familyOf, type Scalar, showScalar, toScalars } from '../values.ts';
import { compareScalars } from './compare.ts';
import { type CompositeAggregation, type CompositeSource } from './parse.ts';
import { Buckets, countOf, type Scope, toBucket, typeIn } from './scope.ts';

/** The values of one bucket, in the order of the sources; null: the document has none. */
type Key = readonly (Scalar | null)[];

/** @param inner computes the inner aggregations of a bucket */
export function computeComposite(
  { after, size, sources }: CompositeAggregation,
  scopes: readonly Scope[],
  inner: (scopes: readonly Scope[]) => JsonObject,
): JsonObject {
  const types = sources.map(({ field }) => typeIn(scopes, field));
  const start =
    after === null
      ? null
      : sources.map(({ name }, place) => parse(types[place] ?? null, after[name]));
  const buckets = new Buckets<string>();
  const keys = new Map<string, Key>();
  for (const scope of scopes) {
    const columns = sources.map(({ field }) => scope.index.columns.get(field));
    for (const position of scope.positions) {
      const values = columns.map((column) => column?.at(position) ?? []);
      for (const key of combinations(sources, values)) {
        if (start !== null && compareKeys(sources, key, start) <= 0) continue;
        const text = JSON.stringify(key);
        keys.set(text, key);
        buckets.add(text, scope, position);
      }
    }
  }
  const page = [...keys]
    .sort(([, a], [, b]) => compareKeys(sources, a, b))
    .slice(0, size)
    .map(([text, key]) => ({ key: show(sources, types, key), own: buckets.scopesOf(text) }));
  const last = page.at(-1);
  return {
    ...(last === undefined ? {} : { after_key: last.key }),
    buckets: page.map(({ key, own }) => toBucket({ key }, countOf(own), inner(own))),
  };
}

/** One key for each combination of a document's values; none where a source that needs one has none. */
function combinations(
  sources: readonly CompositeSource[],
  values: readonly (readonly Scalar[])[],
): Key[] {
  let keys: Key[] = [[]];
  for (const [place, source] of sources.entries()) {
    const own = values[place] ?? [];
    const choices = own.length > 0 ? own : source.missingBucket ? [null] : [];
    keys = keys.flatMap((key) => choices.map((choice) => key.concat(choice)));
  }
  return keys;
}

/** Missing values come first, whatever the order of the source. */
function compareKeys(sources: readonly CompositeSource[], a: Key, b: Key): number {
  for (const [place, { descending }] of sources.entries()) {
    const [one, other] = [a[place] ?? null, b[place] ?? null];
    if (one === other) continue;
    const difference = one === null ? -1 : other === null ? 1 : compareScalars(one, other);
    if (difference !== 0) return descending ? -difference : difference;
  }
  return 0;
}

function parse(type: FieldType | null, value: unknown): Scalar | null {
  if (value === null || type === null) return null;
  if (familyOf(type) === 'date' && typeof value === 'number') return value;
  return toScalars(type, value)[0] ?? null;
}

function show(
  sources: readonly CompositeSource[],
  types: readonly (FieldType | null)[],
  key: Key,
): JsonObject {
  return Object.fromEntries(
    sources.map(({ name }, place) => {
      const [type, value] = [types[place] ?? null, key[place] ?? null];
      const plain = type === null || value === null || familyOf(type) === 'date';
      return [name, plain ? value : showScalar(type, value)];
    }),
  );
}
