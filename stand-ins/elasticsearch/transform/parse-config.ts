import { ApiError, contentError, illegalArgument, refuseUnknownFields } from '../errors.ts';
import { isObject, type JsonObject } from '../json/exact.ts';
import { parseQuery } from '../search/query.ts';
import { parseTimeMs } from '../text/time.ts';
import { type DestAlias, SETTING_NAMES, type TransformConfig } from './config.ts';

const PARSER = 'data_frame_transform_config';
const DEFAULT_DELAY = '60s';
const UPDATEABLE = [
  '_meta',
  'description',
  'dest',
  'frequency',
  'retention_policy',
  'settings',
  'source',
  'sync',
];

/** @throws {ApiError} 400, also for a part that the stand-in does not know, such as `pivot` */
export function parseConfig(body: JsonObject, id: string, createdMs: number): TransformConfig {
  refuseUnknownFields(PARSER, body, [...UPDATEABLE, 'latest']);
  const { latest } = body;
  if (latest === undefined) {
    throw contentError(`Failed to build [${PARSER}] after last required field arrived`, {
      type: 'illegal_argument_exception',
      reason: 'Transform configuration must specify exactly 1 function',
    });
  }
  const { source, dest, ...rest } = parseParts(body, PARSER);
  if (source === undefined || dest === undefined) throw illegalArgument('Required [source, dest]');
  return {
    id,
    createdMs,
    source,
    dest,
    frequency: null,
    sync: null,
    latest: parseLatest(latest),
    description: null,
    settings: {},
    meta: null,
    retention: null,
    ...rest,
  };
}

/** The changes of an update, as a function of the old configuration. @throws {ApiError} 400 */
export function parseUpdate(body: JsonObject): (config: TransformConfig) => TransformConfig {
  const parser = `${PARSER}_update`;
  refuseUnknownFields(parser, body, UPDATEABLE);
  const changes = parseParts(body, parser);
  return (config) => {
    if (changes.sync !== undefined && config.sync === null) {
      throw new ApiError(400, {
        type: 'status_exception',
        reason: `Cannot change the current sync configuration of transform [${config.id}] from [null] to [time]`,
      });
    }
    const settings = Object.entries({ ...config.settings, ...changes.settings });
    return {
      ...config,
      ...changes,
      settings: Object.fromEntries(settings.filter(([, value]) => value !== null)),
    };
  };
}

type Parts = Partial<Omit<TransformConfig, 'createdMs' | 'id' | 'latest'>>;
type Writable<T> = { -readonly [Name in keyof T]: T[Name] };

/** Only the parts that the body has. */
function parseParts(body: JsonObject, parser: string): Parts {
  const parts: Writable<Parts> = {};
  if (body['source'] !== undefined) parts.source = parseSource(body['source']);
  if (body['dest'] !== undefined) parts.dest = parseDest(body['dest']);
  if (body['sync'] !== undefined) {
    const { field, delay = DEFAULT_DELAY } = timeOf('sync', body['sync'], ['delay', 'field']);
    parts.sync = { field: text('field', field), delay: time('delay', delay) };
  }
  if (body['settings'] !== undefined) {
    parts.settings = object('settings', body['settings']);
    refuseUnknownFields('transform_config_settings', parts.settings, SETTING_NAMES);
  }
  if (body['_meta'] !== undefined) parts.meta = object('_meta', body['_meta']);
  if (body['description'] !== undefined) parts.description = text(parser, body['description']);
  if (body['frequency'] !== undefined) parts.frequency = time('frequency', body['frequency']);
  const { retention_policy: retention } = body;
  if (retention === null) parts.retention = null;
  else if (retention !== undefined) {
    const names = ['field', 'max_age'];
    const { field, max_age: maxAge } = timeOf('retention_policy', retention, names);
    parts.retention = { field: text('field', field), maxAge: time('max_age', maxAge) };
  }
  return parts;
}

function parseSource(value: unknown): TransformConfig['source'] {
  const given = object('source', value);
  refuseUnknownFields('data_frame_config_source', given, ['index', 'query']);
  const { query } = given;
  if (query !== undefined) parseQuery(query);
  const index = texts('index', given['index']).flatMap((name) => name.split(','));
  return { index, query: isObject(query) ? query : null };
}

function parseDest(value: unknown): TransformConfig['dest'] {
  const given = object('dest', value);
  refuseUnknownFields('data_frame_config_dest', given, ['aliases', 'index', 'pipeline']);
  const { aliases, index, pipeline } = given;
  return {
    index: text('index', index),
    pipeline: pipeline === undefined ? null : text('pipeline', pipeline),
    aliases: Array.isArray(aliases) ? aliases.map(parseAlias) : null,
  };
}

function parseAlias(value: unknown): DestAlias {
  const given = object('aliases', value);
  refuseUnknownFields('data_frame_config_dest_alias', given, ['alias', 'move_on_creation']);
  return {
    alias: text('alias', given['alias']),
    moveOnCreation: given['move_on_creation'] === true,
  };
}

function parseLatest(value: unknown): TransformConfig['latest'] {
  const given = object('latest', value);
  refuseUnknownFields('latest_config', given, ['sort', 'unique_key']);
  return {
    uniqueKey: texts('unique_key', given['unique_key']),
    sort: text('sort', given['sort']),
  };
}

/** The inner object of `{"time": {…}}`. */
function timeOf(name: string, value: unknown, known: readonly string[]): JsonObject {
  const outer = object(name, value);
  refuseUnknownFields(name, outer, ['time']);
  const inner = object('time', outer['time']);
  refuseUnknownFields(name, inner, known);
  return inner;
}

function object(name: string, value: unknown): JsonObject {
  if (isObject(value)) return value;
  throw contentError(`[${name}] is no object`);
}

function text(name: string, value: unknown): string {
  if (typeof value === 'string') return value;
  throw contentError(`[${name}] is no text`);
}

function texts(name: string, value: unknown): string[] {
  return (Array.isArray(value) ? (value as unknown[]) : [value]).map((item) => text(name, item));
}

/** A time such as `30s`, kept as it was written. */
function time(name: string, value: unknown): string {
  const written = text(name, value);
  parseTimeMs(name, written);
  return written;
}
