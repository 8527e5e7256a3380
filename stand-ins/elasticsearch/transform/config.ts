import { type JsonObject } from '../json/exact.ts';
import { parseQuery } from '../search/query.ts';
import { MATCH_ALL, type Query } from '../search/query-tree.ts';
import { parseTimeMs } from '../text/time.ts';

/** What a transform is told to do; times as they were written. */
export interface TransformConfig {
  readonly id: string;
  readonly createdMs: number;
  readonly source: SourceConfig;
  readonly dest: DestConfig;
  readonly frequency: string | null;
  /** Null: one run over everything, then it stops. */
  readonly sync: SyncConfig | null;
  readonly latest: LatestConfig;
  readonly description: string | null;
  readonly settings: JsonObject;
  readonly meta: JsonObject | null;
  readonly retention: RetentionConfig | null;
}

export interface SourceConfig {
  readonly index: readonly string[];
  /** As it was put; null: all documents. */
  readonly query: JsonObject | null;
}

export interface DestConfig {
  readonly index: string;
  readonly pipeline: string | null;
  readonly aliases: readonly DestAlias[] | null;
}

export interface DestAlias {
  readonly alias: string;
  /** Taken away from every other index. */
  readonly moveOnCreation: boolean;
}

export interface SyncConfig {
  readonly field: string;
  readonly delay: string;
}

export interface LatestConfig {
  readonly uniqueKey: readonly string[];
  readonly sort: string;
}

export interface RetentionConfig {
  readonly field: string;
  readonly maxAge: string;
}

/** In the order in which they are shown. */
export const SETTING_NAMES = [
  'max_page_search_size',
  'docs_per_second',
  'dates_as_epoch_millis',
  'align_checkpoints',
  'use_point_in_time',
  'deduce_mappings',
  'num_failure_retries',
  'unattended',
] as const;

const DEFAULT_FREQUENCY = '1m';

/** The query of the source, made ready to be compiled. */
export function sourceQuery({ source }: TransformConfig): Query {
  if (source.query === null) return MATCH_ALL;
  return parseQuery(source.query);
}

export function frequencyMs({ frequency }: TransformConfig): number {
  return parseTimeMs('frequency', frequency ?? DEFAULT_FREQUENCY);
}

/** @param short without what the server fills in */
export function showConfig(config: TransformConfig, short = false): JsonObject {
  const { source, dest, sync, latest, retention } = config;
  return {
    id: config.id,
    ...(short ? {} : { version: '10.0.0', create_time: config.createdMs }),
    source: {
      index: source.index,
      ...(source.query === null
        ? short
          ? {}
          : { query: { match_all: {} } }
        : { query: source.query }),
    },
    dest: {
      index: dest.index,
      ...(dest.aliases === null
        ? {}
        : {
            aliases: dest.aliases.map(({ alias, moveOnCreation }) => ({
              alias,
              move_on_creation: moveOnCreation,
            })),
          }),
      ...(dest.pipeline === null ? {} : { pipeline: dest.pipeline }),
    },
    ...(config.frequency === null ? {} : { frequency: config.frequency }),
    ...(sync === null ? {} : { sync: { time: { field: sync.field, delay: sync.delay } } }),
    latest: { unique_key: latest.uniqueKey, sort: latest.sort },
    ...(config.description === null ? {} : { description: config.description }),
    settings: showSettings(config.settings),
    ...(config.meta === null ? {} : { _meta: config.meta }),
    ...(retention === null
      ? {}
      : { retention_policy: { time: { field: retention.field, max_age: retention.maxAge } } }),
  };
}

function showSettings(settings: JsonObject): JsonObject {
  return Object.fromEntries(
    SETTING_NAMES.flatMap((name) => (name in settings ? [[name, settings[name]]] : [])),
  );
}
