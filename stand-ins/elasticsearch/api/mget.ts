import { ApiError, invalidRequest, parsingError, refuseUnknownFields } from '../errors.ts';
import { asText, isObject } from '../json/exact.ts';
import { resolveOne } from '../state/names.ts';
import { showDocument } from './documents.ts';
import { type Call, ok, type Route } from './call.ts';

/** `_mget`: several documents by index and id. */
export const mgetRoutes: readonly Route[] = [
  {
    api: 'mget',
    methods: ['GET', 'POST'],
    paths: ['/_mget', '/{index}/_mget'],
    parameters: [],
    handle: (call) => ok({ docs: parseItems(call).map((item) => read(call, item)) }),
  },
];

interface Item {
  readonly index: string;
  readonly id: string;
}

function parseItems({ body, parts }: Call): Item[] {
  const items = Object.entries(body.object()).flatMap(([name, list]) => {
    if ((name !== 'docs' && name !== 'ids') || !Array.isArray(list))
      throw parsingError(`unknown key [${name}], expected [docs] or [ids]`);
    return (list as unknown[]).map((item) => {
      const {
        _id: id,
        _index: index = parts['index'],
        ...others
      } = isObject(item) ? item : { _id: item };
      refuseUnknownFields('mget', others, []);
      if (id === undefined || index === undefined) throw invalidRequest('index or id is missing');
      return { index: asText(index), id: asText(id) };
    });
  });
  if (items.length === 0) throw invalidRequest('no documents to get');
  return items;
}

function read({ cluster }: Call, { index: name, id }: Item): object {
  try {
    const index = resolveOne(cluster, name);
    return showDocument(index, id, index.documents.get(id));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { _index: name, _id: id, error: error.envelope()['error'] };
  }
}
