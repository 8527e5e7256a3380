import { ApiError, illegalArgument, notInStandIn } from '../errors.ts';
import { type RequestBody } from '../http/request-body.ts';
import { isObject, type JsonObject } from '../json/exact.ts';
import { parseQuery } from '../search/query.ts';
import { parseTimeMs } from '../text/time.ts';
import {
  type DestAlias,
  type DestConfig,
  type LatestConfig,
  type RetentionConfig,
  type SETTING_NAMES,
  type SourceConfig,
  type SyncConfig,
  type TransformConfig,
} from './config.ts';
import { flag, number, object, text, texts, time } from './field-parsers.ts';
import { type FieldParser, parseNamed, parseObject, unbuildable } from './object-parser.ts';

const PARSER = 'data_frame_transform_config';
const UPDATE_PARSER = 'data_frame_transform_config_update';
const DEFAULT_DELAY = '60s';
const MAX_DESCRIPTION = 1_000;

/** @throws {ApiError} 400 in the words of the server's strict parser */
export function parseConfig(body: RequestBody, id: string, createdMs: number): TransformConfig {
  const part = body.object();
  const given = parseObject(
    part,
    {
      id: text,
      source: { takes: isObject, parse: parseSource },
      dest: { takes: isObject, parse: parseDest },
      frequency: text,
      sync: { takes: isObject, parse: parseSync },
      pivot: object,
      latest: { takes: isObject, parse: parseLatest },
      description: text,
      settings: { takes: isObject, parse: parseSettings },
      _meta: object,
      retention_policy: { takes: isObject, parse: parseRetention },
      version: text,
      create_time: number,
      headers: object,
    },
    { parser: PARSER, required: ['source', 'dest'] },
  );
  const { source, dest, latest } = given;
  for (const name of ['headers', 'create_time', 'version'] as const) {
    if (given[name] !== undefined)
      throw unbuildable(PARSER, `Found [${name}], not allowed for strict parsing`);
  }
  if ((latest === undefined) === (given.pivot === undefined)) {
    throw unbuildable(PARSER, 'Transform configuration must specify exactly 1 function');
  }
  if (given.id !== undefined && given.id !== id) {
    throw unbuildable(
      PARSER,
      `Inconsistent id; '${given.id}' specified in the body differs from '${id}' specified as a URL argument`,
    );
  }
  checkTexts(PARSER, given.description, given.frequency);
  if (latest === undefined) throw notInStandIn('a transform with [pivot]');
  if (source === undefined || dest === undefined) throw illegalArgument('Required [source, dest]');
  return {
    id,
    createdMs,
    source,
    dest,
    frequency: given.frequency ?? null,
    sync: given.sync ?? null,
    latest,
    description: given.description ?? null,
    settings: given.settings ?? {},
    meta: given['_meta'] ?? null,
    retention: given.retention_policy ?? null,
  };
}

/** What an update changes, made into a function of the old configuration. @throws {ApiError} 400 */
export function parseUpdate(body: RequestBody): (config: TransformConfig) => TransformConfig {
  const part = body.object();
  const given = parseObject(
    part,
    {
      source: { takes: isObject, parse: parseSource },
      dest: { takes: isObject, parse: parseDest },
      frequency: text,
      sync: { takes: isObject, parse: parseSync },
      description: text,
      settings: { takes: isObject, parse: parseSettings },
      _meta: object,
      retention_policy: {
        takes: (value) => value === null || isObject(value),
        parse: (value) => (value === null ? null : parseRetention(value)),
      },
    },
    { parser: UPDATE_PARSER },
  );
  checkTexts(UPDATE_PARSER, given.description, given.frequency);
  return (config) => {
    if (given.sync !== undefined && config.sync === null) {
      throw new ApiError(400, {
        type: 'status_exception',
        reason: `Cannot change the current sync configuration of transform [${config.id}] from [null] to [time]`,
      });
    }
    const settings = Object.entries({ ...config.settings, ...given.settings });
    return {
      ...config,
      source: given.source ?? config.source,
      dest: given.dest ?? config.dest,
      frequency: given.frequency ?? config.frequency,
      sync: given.sync ?? config.sync,
      description: given.description ?? config.description,
      settings: Object.fromEntries(settings.filter(([, value]) => value !== null)),
      meta: given['_meta'] ?? config.meta,
      retention: given.retention_policy === undefined ? config.retention : given.retention_policy,
    };
  };
}

function checkTexts(parser: string, description?: string, frequency?: string): void {
  if (description !== undefined && description.length > MAX_DESCRIPTION) {
    throw unbuildable(
      parser,
      `[description] must be less than ${MAX_DESCRIPTION} characters in length.`,
    );
  }
  if (frequency === undefined) return;
  try {
    parseTimeMs('frequency', frequency);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    throw unbuildable(parser, error.message);
  }
}

function parseSource(value: unknown): SourceConfig {
  const parser = 'data_frame_config_source';
  const given = parseObject(
    value,
    { index: texts, query: { takes: isObject, parse: checkQuery }, runtime_mappings: object },
    { parser, required: ['index'] },
  );
  const index = (given.index ?? []).flatMap((name) => name.split(','));
  if (index.length === 0) throw unbuildable(parser, 'must specify at least one index');
  if (index.some((name) => name === '')) {
    throw unbuildable(parser, 'all indices need to be non-null and non-empty');
  }
  if (given.runtime_mappings !== undefined) throw notInStandIn('[runtime_mappings] of a source');
  return { index, query: given.query ?? null };
}

function checkQuery(value: unknown): JsonObject {
  parseQuery(value);
  return value as JsonObject;
}

function parseDest(value: unknown): DestConfig {
  const given = parseObject(
    value,
    {
      index: text,
      pipeline: text,
      aliases: { takes: (value) => isObject(value) || Array.isArray(value), parse: parseAliases },
    },
    { parser: 'data_frame_config_dest', required: ['index'] },
  );
  return {
    index: given.index ?? '',
    pipeline: given.pipeline ?? null,
    aliases: given.aliases ?? null,
  };
}

function parseAliases(value: unknown): DestAlias[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.map((item) => {
    const given = parseObject(
      item,
      { alias: text, move_on_creation: flag },
      { parser: 'data_frame_config_dest_alias', required: ['alias'] },
    );
    return { alias: given.alias ?? '', moveOnCreation: given.move_on_creation ?? false };
  });
}

function parseSync(value: unknown): SyncConfig {
  return parseNamed(value, 'sync', {
    time: (inner) => {
      const given = parseObject(
        inner,
        { field: text, delay: time('delay') },
        { parser: 'data_frame_transform_pivot_sync_time', required: ['field'], lenient: true },
      );
      return { field: given.field ?? '', delay: given.delay ?? DEFAULT_DELAY };
    },
  });
}

function parseLatest(value: unknown): LatestConfig {
  const given = parseObject(
    value,
    { unique_key: texts, sort: text },
    { parser: 'latest_config', required: ['unique_key', 'sort'] },
  );
  return { uniqueKey: given.unique_key ?? [], sort: given.sort ?? '' };
}

function parseRetention(value: unknown): RetentionConfig {
  return parseNamed(value, 'retention_policy', {
    time: (inner) => {
      const given = parseObject(
        inner,
        { field: text, max_age: time('max_age') },
        {
          parser: 'transform_retention_policy_time',
          required: ['field', 'max_age'],
          lenient: true,
        },
      );
      return { field: given.field ?? '', maxAge: given.max_age ?? '' };
    },
  });
}

const SETTINGS = {
  max_page_search_size: number,
  docs_per_second: number,
  dates_as_epoch_millis: flag,
  align_checkpoints: flag,
  use_point_in_time: flag,
  deduce_mappings: flag,
  num_failure_retries: number,
  unattended: flag,
} satisfies Record<(typeof SETTING_NAMES)[number], FieldParser<unknown>>;

function parseSettings(value: unknown): JsonObject {
  return parseObject(value, SETTINGS, { parser: 'transform_config_settings' });
}
