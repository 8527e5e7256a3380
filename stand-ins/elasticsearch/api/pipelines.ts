import { resourceNotFound } from '../errors.ts';
import { parsePipeline } from '../ingest/pipeline.ts';
import { matchesPattern } from '../text/wildcard.ts';
import { ACKNOWLEDGED, namesOf, type Route } from './call.ts';

/** `_ingest/pipeline`: steps that change documents before they are stored. */
export const pipelineRoutes: readonly Route[] = [
  {
    api: 'pipeline',
    methods: ['PUT'],
    paths: ['/_ingest/pipeline/{id}'],
    parameters: [],
    handle: ({ body, cluster, parts: { id = '' } }) => {
      cluster.pipelines.set(id, parsePipeline(id, body.object()));
      return ACKNOWLEDGED;
    },
  },
  {
    api: 'pipeline',
    methods: ['GET'],
    paths: ['/_ingest/pipeline', '/_ingest/pipeline/{id}'],
    parameters: [],
    handle: (call) => {
      const wanted = namesOf(call, 'id');
      const found = [...call.cluster.pipelines.values()].filter(({ id }) =>
        wanted.some((name) => matchesPattern(name, id)),
      );
      const isMissing = found.length === 0 && call.parts['id'] !== undefined;
      const body = Object.fromEntries(found.map((pipeline) => [pipeline.id, pipeline.body]));
      return { status: isMissing ? 404 : 200, body };
    },
  },
  {
    api: 'pipeline',
    methods: ['DELETE'],
    paths: ['/_ingest/pipeline/{id}'],
    parameters: [],
    handle: ({ cluster: { pipelines }, parts: { id = '' } }) => {
      const ids = [...pipelines.keys()].filter((one) => matchesPattern(id, one));
      if (ids.length === 0) throw resourceNotFound(`pipeline [${id}] is missing`);
      for (const one of ids) pipelines.delete(one);
      return ACKNOWLEDGED;
    },
  },
];
