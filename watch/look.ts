import type { Client as Elasticsearch } from '@elastic/elasticsearch';
import type { Client as Temporal } from '@temporalio/client';
import type { ProgramConfig } from '../config/config.ts';
import { lookAtElasticsearch, type ElasticsearchLook } from './look-at-elasticsearch.ts';
import { lookAtTemporal, type KnownRuns, type TemporalLook } from './look-at-temporal.ts';
import { tried, type Tried } from './tried.ts';

/** The state of a namespace at one moment; either side may give no answer. */
export type Look = {
  /** Epoch milliseconds of this machine's clock. */
  atMs: number;
  elasticsearch: Tried<ElasticsearchLook>;
  temporal: Tried<TemporalLook>;
};

type Subject = {
  sink: Elasticsearch;
  settings: Pick<ProgramConfig, 'namespace' | 'assets'>;
  feeds: readonly string[];
  known?: KnownRuns;
};

/** Looks at both sides at the same time and changes nothing. An error of one side becomes a part of the result. */
export async function look(
  { sink, settings, feeds, known }: Subject,
  temporal: Promise<Temporal>,
  signal: AbortSignal,
): Promise<Look> {
  const [elasticsearch, looked] = await Promise.all([
    tried(lookAtElasticsearch(sink, settings, feeds, signal)),
    tried(
      temporal.then((client) =>
        client.withAbortSignal(signal, () =>
          lookAtTemporal(client, settings.namespace, feeds, known),
        ),
      ),
    ),
  ]);
  return { atMs: Date.now(), elasticsearch, temporal: looked };
}
