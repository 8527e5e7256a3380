import { ApiError, invalidRequest, parseFailure, parsingError } from '../errors.ts';
import { type Answer } from '../http/router.ts';
import { asText, isObject, type JsonObject } from '../json/exact.ts';
import {
  shownSource,
  type SourceFilter,
  SOURCE_PARAMETERS,
  sourceOfBody,
  sourceOfParameters,
  WHOLE_SOURCE,
} from '../search/source-filter.ts';
import { resolveOne } from '../state/names.ts';
import { metadataOf, readDocument } from './documents.ts';
import { type Call, ok, type Route } from './call.ts';

const DOC_FIELDS = new Set([
  '_id',
  '_index',
  '_source',
  'routing',
  'stored_fields',
  'version',
  'version_type',
]);

/** `_mget`: several documents by index and id. */
export const mgetRoutes: readonly Route[] = [
  {
    api: 'mget',
    methods: ['GET', 'POST'],
    paths: ['/_mget', '/{index}/_mget'],
    parameters: [
      ...SOURCE_PARAMETERS,
      'preference',
      'realtime',
      'refresh',
      'routing',
      'stored_fields',
    ],
    handle: mget,
  },
];

interface Item {
  readonly index: string | null;
  readonly id: string | null;
  readonly source: SourceFilter;
}

function mget(call: Call): Answer {
  const items = parseItems(call);
  const faults = items.flatMap(({ index, id }, place) => [
    ...(index === null ? [`index is missing for doc ${place}`] : []),
    ...(id === null ? [`id is missing for doc ${place}`] : []),
  ]);
  if (items.length === 0) faults.push('no documents to get');
  if (faults.length > 0) throw invalidRequest(...faults);
  const docs = items.map((item) => read(call, item));
  return ok({ docs });
}

function parseItems(call: Call): Item[] {
  const body = call.body.object('request body or source parameter is required');
  const fallback = sourceOfParameters(call.parameters) ?? WHOLE_SOURCE;
  const index = call.parts['index'] ?? null;
  const items: Item[] = [];
  for (const [name, value] of Object.entries(body)) {
    if ((name !== 'docs' && name !== 'ids') || !Array.isArray(value)) {
      throw parsingError(`unknown key [${name}], expected [docs] or [ids]`);
    }
    for (const given of value as unknown[]) {
      items.push(
        isObject(given)
          ? parseItem(given, index, fallback)
          : { index, id: String(given), source: fallback },
      );
    }
  }
  return items;
}

function parseItem(given: JsonObject, index: string | null, fallback: SourceFilter): Item {
  const unknown = Object.keys(given).find((name) => !DOC_FIELDS.has(name));
  if (unknown !== undefined) {
    throw parseFailure(`failed to parse multi get request. unknown field [${unknown}]`);
  }
  const { _index, _id, _source } = given;
  return {
    index: _index === undefined ? index : asText(_index),
    id: _id === undefined ? null : asText(_id),
    source: _source === undefined ? fallback : sourceOfBody(_source),
  };
}

function read(call: Call, item: Item): JsonObject {
  const { parameters } = call;
  const { index: name, id } = { index: item.index ?? '', id: item.id ?? '' };
  try {
    const index = resolveOne(call.cluster, name);
    if (parameters.flag('refresh')) index.refresh();
    const document = readDocument(index, id, parameters.flag('realtime', true));
    if (document === null) return { _index: index.name, _id: id, found: false };
    return {
      ...metadataOf(index, document),
      found: true,
      _source: shownSource(document, item.source),
    };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { _index: name, _id: id, error: error.envelope()['error'] };
  }
}
