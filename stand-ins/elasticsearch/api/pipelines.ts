import { illegalArgument, parseFailure, resourceNotFound } from '../errors.ts';
import { type Answer } from '../http/router.ts';
import { IngestDocument } from '../ingest/document.ts';
import { parsePipeline } from '../ingest/pipeline.ts';
import { asText, isObject, type JsonObject } from '../json/exact.ts';
import { textSetting } from '../state/settings.ts';
import { isPattern, matchesPattern } from '../text/wildcard.ts';
import { ACKNOWLEDGED, type Call, namesOf, ok, type Route } from './call.ts';

/** `_ingest/pipeline`: steps that documents go through before they are stored. */
export const pipelineRoutes: readonly Route[] = [
  {
    api: 'pipeline',
    methods: ['PUT'],
    paths: ['/_ingest/pipeline/{id}'],
    parameters: ['if_version', 'master_timeout', 'timeout'],
    handle: put,
  },
  {
    api: 'pipeline',
    methods: ['GET'],
    paths: ['/_ingest/pipeline', '/_ingest/pipeline/{id}'],
    parameters: ['master_timeout', 'summary'],
    handle: get,
  },
  {
    api: 'pipeline',
    methods: ['DELETE'],
    paths: ['/_ingest/pipeline/{id}'],
    parameters: ['master_timeout', 'timeout'],
    handle: remove,
  },
  {
    api: 'pipeline',
    methods: ['GET', 'POST'],
    paths: ['/_ingest/pipeline/{id}/_simulate'],
    parameters: ['verbose'],
    handle: simulate,
  },
];

const NO_BODY = 'request body or source parameter is required';

function put(call: Call): Answer {
  const { id = '' } = call.parts;
  const { pipelines } = call.cluster;
  const required = call.parameters.integer('if_version');
  const body = call.body.object(NO_BODY);
  const current = pipelines.get(id);
  if (required !== undefined) {
    const version = current?.body['version'];
    if (current === undefined || version !== required) {
      throw illegalArgument(
        `version conflict, required version [${required}] for pipeline [${id}] but ${
          current === undefined
            ? 'no pipeline was found'
            : `current version is [${asText(version ?? 'null')}]`
        }`,
      );
    }
  }
  pipelines.set(id, parsePipeline(id, body));
  return ACKNOWLEDGED;
}

function get(call: Call): Answer {
  const wanted = namesOf(call, 'id');
  const summary = call.parameters.flag('summary');
  const found = [...call.cluster.pipelines.values()].filter(({ id }) =>
    wanted.some((name) => matchesPattern(name, id)),
  );
  const body = Object.fromEntries(found.map(({ id, body: shown }) => [id, summary ? {} : shown]));
  return { status: found.length === 0 && call.parts['id'] !== undefined ? 404 : 200, body };
}

function remove(call: Call): Answer {
  const { id: wanted = '' } = call.parts;
  const { pipelines, indices } = call.cluster;
  const ids = [...pipelines.keys()].filter((id) => matchesPattern(wanted, id));
  if (ids.length === 0 && (wanted !== '*' || !isPattern(wanted))) {
    throw resourceNotFound(`pipeline [${wanted}] is missing`);
  }
  for (const id of ids) {
    for (const kind of ['default', 'final'] as const) {
      const users = [...indices.values()].filter(
        ({ settings }) => textSetting(settings, `index.${kind}_pipeline`) === id,
      );
      if (users.length > 0) {
        const some = users.slice(0, 3).map(({ name }) => name);
        throw illegalArgument(
          `pipeline [${id}] cannot be deleted because it is the ${kind} pipeline for ${users.length} index(es) including [${some.join(',')}]`,
        );
      }
    }
  }
  for (const id of ids) pipelines.delete(id);
  return ACKNOWLEDGED;
}

function simulate(call: Call): Answer {
  const { id = '' } = call.parts;
  const pipeline = call.cluster.pipelines.get(id);
  if (pipeline === undefined) throw illegalArgument(`pipeline [${id}] does not exist`);
  const { docs } = call.body.object(NO_BODY);
  if (!Array.isArray(docs)) {
    throw parseFailure('[docs] required property is missing', { property_name: 'docs' });
  }
  const timestamp = call.cluster.clock.nowNanos();
  const results = docs.map((given: unknown): JsonObject => {
    const doc = isObject(given) ? given : {};
    const source = isObject(doc['_source']) ? doc['_source'] : {};
    const index = asText(doc['_index'] ?? '_index');
    const document = new IngestDocument(source, index, asText(doc['_id'] ?? '_id'), timestamp);
    for (const processor of pipeline.processors) processor.run(document);
    return {
      doc: {
        _id: document.id,
        _index: document.index,
        _version: '-3',
        _source: document.source,
        _ingest: { timestamp },
      },
    };
  });
  return ok({ docs: results });
}
