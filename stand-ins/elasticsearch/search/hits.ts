import { type JsonObject } from '../json/exact.ts';
import { type Match } from './match.ts';
import { type HitOptions } from './request.ts';
import { ignoredValues, shownFields } from './shown-fields.ts';
import { shownSource } from './source-filter.ts';

export function showHit(options: HitOptions, match: Match, score: unknown): JsonObject {
  const { index, document } = match;
  const fields = shownFields(options, match);
  // hits that are sorted by nothing but their score show no sort values
  const sorted = options.sort.length > 0 && !options.sort.every(({ field }) => field === '_score');
  return {
    _index: index.name,
    _id: document.id,
    ...(options.version ? { _version: document.version } : {}),
    ...(options.seqNoPrimaryTerm ? { _seq_no: document.seqNo, _primary_term: 1 } : {}),
    _score: score,
    ...(document.ignored.length > 0 ? { _ignored: document.ignored } : {}),
    _source: shownSource(document, options.source),
    ...(Object.keys(fields).length > 0 ? { fields } : {}),
    ...ignoredValues(options, match),
    ...(sorted
      ? { sort: match.columns.map((column, place) => column.show(match.values[place] ?? null)) }
      : {}),
  };
}
