import { isObject, type JsonObject } from '../json/exact.ts';
import { type Index } from '../state/index.ts';
import { asObject } from '../state/mapping.ts';
import { isPattern, matchesPattern } from '../text/wildcard.ts';
import { parse } from './columns.ts';
import { type Match } from './match.ts';
import { type HitOptions, type ShownField } from './request.ts';
import { familyOf, type Scalar, showScalar, toScalars, valuesAt } from './values.ts';

/** `fields` (in the document's order) and `docvalue_fields` (sorted, as they are stored) of a hit. */
export function shownFields(request: HitOptions, match: Match): JsonObject {
  const shown: JsonObject = {};
  if (request.collapse !== null) {
    const values = docValues(match, request.collapse, { field: request.collapse, format: null });
    if (values.length > 0) shown[request.collapse] = values;
  }
  for (const asked of request.docvalueFields) {
    for (const name of expand(match.index, asked.field)) {
      const values = docValues(match, name, asked);
      if (values.length > 0) shown[name] = values;
    }
  }
  if (request.fields.length === 0) return shown;
  const source = parse(match.document);
  for (const asked of request.fields) {
    for (const name of expand(match.index, asked.field)) {
      const values = sourceValues(match.index, source, name, asked);
      if (values.length > 0) shown[name] = values;
    }
  }
  return shown;
}

/** Values of asked fields that are stored but not indexed. */
export function ignoredValues({ fields }: HitOptions, match: Match): JsonObject {
  const { ignored } = match.document;
  if (fields.length === 0 || ignored.length === 0) return {};
  const source = parse(match.document);
  const shown: JsonObject = {};
  for (const name of ignored) {
    if (!fields.some(({ field }) => matchesPattern(field, name))) continue;
    const type = match.index.columns.typeOf(name);
    if (type === null) continue;
    const values = valuesAt(source, type.sourcePath).filter(
      (value) => toScalars(type, value).length === 0,
    );
    if (values.length > 0) shown[name] = values;
  }
  return Object.keys(shown).length > 0 ? { ignored_field_values: shown } : {};
}

function docValues({ index, position }: Match, name: string, { format }: ShownField): unknown[] {
  const column = index.columns.get(name);
  if (column === null || familyOf(column.type) === 'text') return [];
  const values = [...column.at(position)].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const unique = familyOf(column.type) === 'string' ? [...new Set(values)] : values;
  return unique.map((value) => showScalar(column.type, value, format ?? undefined));
}

function sourceValues(
  index: Index,
  source: unknown,
  name: string,
  { format }: ShownField,
): unknown[] {
  const type = index.columns.typeOf(name);
  if (type === null) return [];
  if (type.type === 'constant_keyword') {
    const { value } = type.definition;
    return value === undefined ? [] : [value];
  }
  return valuesAt(source, type.sourcePath).flatMap((value) => {
    if (familyOf(type) === 'text' || isObject(value)) return [value];
    return toScalars(type, value).map((scalar: Scalar) =>
      showScalar(type, scalar, format ?? undefined),
    );
  });
}

/** The mapped fields that a pattern names; a plain name stands for itself. */
function expand(index: Index, field: string): string[] {
  if (!isPattern(field)) return [field];
  return [...leafFields(asObject(index.mapping['properties']), '')].filter((name) =>
    matchesPattern(field, name),
  );
}

function* leafFields(properties: JsonObject, prefix: string): Generator<string> {
  for (const [name, value] of Object.entries(properties)) {
    const field = asObject(value);
    const path = prefix + name;
    if (isObject(field['properties'])) yield* leafFields(field['properties'], `${path}.`);
    else {
      yield path;
      for (const sub of Object.keys(asObject(field['fields']))) yield `${path}.${sub}`;
    }
  }
}
