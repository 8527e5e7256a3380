import { type JsonObject } from '../json/exact.ts';
import { parseQuery } from '../search/query.ts';
import { MATCH_ALL, type Query } from '../search/query-tree.ts';
import { parseTimeMs } from '../text/time.ts';

/** The configuration of a transform; times as they were written. */
export interface TransformConfig {
  readonly id: string;
  readonly createdMs: number;
  readonly source: {
    readonly index: readonly string[];
    /** As it was put; `null`: all documents. */
    readonly query: JsonObject | null;
  };
  readonly dest: {
    readonly index: string;
    readonly pipeline: string | null;
    readonly aliases: readonly DestAlias[] | null;
  };
  readonly frequency: string | null;
  /** `null`: one run over everything, then it stops. */
  readonly sync: { readonly field: string; readonly delay: string } | null;
  readonly latest: { readonly uniqueKey: readonly string[]; readonly sort: string };
  readonly description: string | null;
  readonly settings: JsonObject;
  readonly meta: JsonObject | null;
  readonly retention: { readonly field: string; readonly maxAge: string } | null;
}

export interface DestAlias {
  readonly alias: string;
  /** Removed from every other index. */
  readonly moveOnCreation: boolean;
}

/** In the order in which they are shown. */
export const SETTING_NAMES = ['max_page_search_size', 'num_failure_retries', 'unattended'] as const;

const DEFAULT_FREQUENCY = '1m';

/** The query of the source, ready to be compiled. */
export function sourceQuery({ source }: TransformConfig): Query {
  return source.query === null ? MATCH_ALL : parseQuery(source.query);
}

export function frequencyMs({ frequency }: TransformConfig): number {
  return parseTimeMs('frequency', frequency ?? DEFAULT_FREQUENCY);
}

export function showConfig(config: TransformConfig): JsonObject {
  const { source, dest, sync, latest, retention } = config;
  const aliases = dest.aliases?.map(({ alias, moveOnCreation }) => ({
    alias,
    move_on_creation: moveOnCreation,
  }));
  const settings = SETTING_NAMES.flatMap((name) =>
    name in config.settings ? [[name, config.settings[name]]] : [],
  );
  return {
    id: config.id,
    version: '10.0.0',
    create_time: config.createdMs,
    source: { index: source.index, query: source.query ?? { match_all: {} } },
    dest: {
      index: dest.index,
      ...(aliases === undefined ? {} : { aliases }),
      ...(dest.pipeline === null ? {} : { pipeline: dest.pipeline }),
    },
    ...(config.frequency === null ? {} : { frequency: config.frequency }),
    ...(sync === null ? {} : { sync: { time: { field: sync.field, delay: sync.delay } } }),
    latest: { unique_key: latest.uniqueKey, sort: latest.sort },
    ...(config.description === null ? {} : { description: config.description }),
    settings: Object.fromEntries(settings),
    ...(config.meta === null ? {} : { _meta: config.meta }),
    ...(retention === null
      ? {}
      : { retention_policy: { time: { field: retention.field, max_age: retention.maxAge } } }),
  };
}
