import { illegalArgument } from '../errors.ts';
import { type Answer } from '../http/router.ts';
import { type JsonObject } from '../json/exact.ts';
import { countFields, fieldLimit } from '../state/field-count.ts';
import { type Index } from '../state/index.ts';
import { extendMapping, type Mapping, parseMapping } from '../state/mapping.ts';
import { resolveNames } from '../state/names.ts';
import { ACKNOWLEDGED, type Call, namesOf, ok, type Route } from './call.ts';
import { NAME_PARAMETERS, toNameOptions } from './name-options.ts';

/** `_mapping`: the fields of indices. */
export const mappingRoutes: readonly Route[] = [
  {
    api: 'mapping',
    methods: ['GET'],
    paths: ['/_mapping', '/{index}/_mapping'],
    parameters: NAME_PARAMETERS,
    handle: get,
  },
  {
    api: 'mapping',
    methods: ['PUT'],
    paths: ['/{index}/_mapping'],
    parameters: [...NAME_PARAMETERS, 'write_index_only'],
    handle: put,
  },
];

function get(call: Call): Answer {
  const targets = resolveNames(
    call.cluster,
    namesOf(call, 'index'),
    toNameOptions(call.parameters),
  );
  const body: JsonObject = {};
  for (const index of targets) body[index.name] = { mappings: index.mapping };
  return ok(body);
}

/** All indices get the new fields, or none of them. */
function put(call: Call): Answer {
  const { cluster, parameters } = call;
  const more = parseMapping(call.body.object());
  const options = toNameOptions(parameters, { allowNoIndices: false });
  let indices = resolveNames(cluster, namesOf(call, 'index'), options);
  if (parameters.flag('write_index_only')) {
    indices = indices.filter((index) => {
      const stream = index.stream === null ? undefined : cluster.streams.get(index.stream);
      return stream === undefined || stream.indices.at(-1) === index;
    });
  }
  const extended = indices.map((index) => [index, extendMapping(index.mapping, more)] as const);
  for (const [index, mapping] of extended) checkFieldLimit(index, mapping);
  for (const [index, mapping] of extended) index.remap(mapping);
  return ACKNOWLEDGED;
}

function checkFieldLimit({ settings }: Index, mapping: Mapping): void {
  const limit = fieldLimit(settings);
  if (countFields(mapping) > limit)
    throw illegalArgument(`Limit of total fields [${limit}] has been exceeded`);
}
