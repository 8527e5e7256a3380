import { type JsonObject, RawJson } from '../json/exact.ts';
import { filterPath } from '../json/filter-path.ts';
import { type StoredDocument } from '../state/documents.ts';
import { toText } from '../state/source-slabs.ts';
import { type Match } from './match.ts';
import { type SearchRequest, type ShownField } from './request.ts';
import { showScalar } from './values.ts';

export function showHit(request: SearchRequest, match: Match, score: unknown): JsonObject {
  const { index, document } = match;
  const { collapse, docvalueFields, sort, source } = request;
  const asked =
    collapse === null
      ? docvalueFields
      : [{ field: collapse, format: undefined }, ...docvalueFields];
  const fields = Object.fromEntries(
    asked.map((one) => [one.field, docValues(match, one)]).filter(([, values]) => values?.length),
  );
  return {
    _index: index.name,
    _id: document.id,
    _score: score,
    ...(document.ignored.length > 0 ? { _ignored: document.ignored } : {}),
    ...(source === false ? {} : { _source: shownSource(document, source) }),
    ...(Object.keys(fields).length > 0 ? { fields } : {}),
    ...(sort.length > 0
      ? { sort: match.columns.map((column, place) => column.show(match.values[place] ?? null)) }
      : {}),
  };
}

function shownSource({ source }: StoredDocument, paths: true | readonly string[]): unknown {
  const whole = new RawJson(toText(source));
  return paths === true ? whole : filterPath(whole, paths);
}

/** The values of a field as they are stored: sorted, and texts without duplicates. */
function docValues({ index, position }: Match, { field, format }: ShownField): unknown[] {
  const column = index.columns.get(field);
  if (column === null) return [];
  const values = [...column.at(position)].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const unique = typeof values[0] === 'string' ? [...new Set(values)] : values;
  return unique.map((value) => showScalar(column.type, value, format));
}
