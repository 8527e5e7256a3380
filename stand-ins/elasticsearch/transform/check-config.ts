import { ApiError, invalidRequest } from '../errors.ts';
import { type JsonObject } from '../json/exact.ts';
import { type Cluster } from '../state/cluster.ts';
import { aliasedIndices, checkNewName, resolveNames } from '../state/names.ts';
import { isPattern, matchesPattern } from '../text/wildcard.ts';
import { parseTimeMs } from '../text/time.ts';
import { frequencyMs, type TransformConfig } from './config.ts';

const MIN_FREQUENCY_MS = 1_000;
const MAX_FREQUENCY_MS = 3_600_000;
const MIN_RETENTION_MS = 60_000;
const MAX_ID_LENGTH = 64;
const MAX_RETRIES = 100;

/** Everything that is wrong with a configuration by itself. @throws {ApiError} 400 */
export function checkConfig(cluster: Cluster, config: TransformConfig, isUpdate = false): void {
  const faults = [
    ...(config.dest.index === '' && !isUpdate ? ['dest.index must not be empty'] : []),
    ...settingFaults(config.settings),
    ...latestFaults(config),
    ...retentionFaults(config),
    ...destFaults(cluster, config.dest.index),
    ...(isUpdate ? [] : idFaults(config.id)),
    ...frequencyFaults(config),
  ];
  if (faults.length > 0) throw invalidRequest(...faults);
}

/**
 * What the server looks up before it takes or starts a transform: the indices and the pipeline that it names.
 * @throws {ApiError} 400 `validation_exception`
 */
export function checkSourceAndDest(cluster: Cluster, { source, dest }: TransformConfig): void {
  const faults = [
    ...missingSources(cluster, source.index),
    ...destInSource(cluster, source.index, dest.index),
  ];
  const targets = aliasedIndices(cluster, dest.index);
  const isWriter = targets.some(([, alias]) => alias['is_write_index'] === true);
  if (targets.length > 1 && !isWriter) {
    faults.push(
      `no write index is defined for alias [${dest.index}]. The write index may be explicitly disabled using is_write_index=false or the alias points to multiple indices without one being designated as a write index`,
    );
  }
  if (dest.pipeline !== null && !cluster.pipelines.has(dest.pipeline)) {
    faults.push(`Pipeline with id [${dest.pipeline}] could not be found`);
  }
  if (faults.length === 0) return;
  const list = faults.map((fault, index) => `${index + 1}: ${fault};`).join('');
  throw new ApiError(400, {
    type: 'validation_exception',
    reason: `Validation Failed: ${list}`,
  });
}

function missingSources(cluster: Cluster, names: readonly string[]): string[] {
  return names
    .filter((name) => !isPattern(name) && name !== '_all' && !exists(cluster, name))
    .map((name) => `no such index [${name}]`);
}

function exists(cluster: Cluster, name: string): boolean {
  const options = { ignoreUnavailable: true, allowNoIndices: true, hidden: true, streams: true };
  return resolveNames(cluster, [name], options).length > 0;
}

function destInSource(cluster: Cluster, sources: readonly string[], dest: string): string[] {
  const expression = sources.find((name) => matchesPattern(name, dest) || name === '_all');
  if (expression !== undefined) {
    return [`Destination index [${dest}] is included in source expression [${expression}]`];
  }
  const options = { ignoreUnavailable: true, allowNoIndices: true, hidden: false, streams: true };
  const read = new Set(resolveNames(cluster, sources, options).map(({ index }) => index.name));
  const written = aliasedIndices(cluster, dest).map(([index]) => index.name);
  const both = [dest, ...written].find((name) => read.has(name));
  return both === undefined
    ? []
    : [`Destination index [${both}] is included in source expression [${sources.join(',')}]`];
}

function settingFaults(settings: JsonObject): string[] {
  const faults: string[] = [];
  const { max_page_search_size: pageSize, num_failure_retries: retries, unattended } = settings;
  if (typeof pageSize === 'number' && (pageSize < 10 || pageSize > 65_536)) {
    faults.push(
      `settings.max_page_search_size [${pageSize}] is out of range. The minimum value is 10 and the maximum is 65536`,
    );
  }
  // null stands for "the default" only in an update
  const count = retries === null ? -2 : retries;
  if (typeof count === 'number' && (count < -1 || count > MAX_RETRIES)) {
    faults.push(
      `settings.num_failure_retries [${count}] is out of range. The minimum value is -1 (infinity) and the maximum is ${MAX_RETRIES}`,
    );
  }
  if (unattended === true && typeof count === 'number' && count !== -1) {
    faults.push(
      `settings.num_failure_retries [${count}] can not be set in unattended mode, unattended retries indefinitely`,
    );
  }
  return faults;
}

function latestFaults({ latest: { uniqueKey, sort } }: TransformConfig): string[] {
  const faults: string[] = [];
  if (uniqueKey.length === 0) faults.push('latest.unique_key must be non-empty');
  const seen = new Set<string>();
  for (const [place, field] of uniqueKey.entries()) {
    if (field === '') faults.push(`latest.unique_key[${place}] element must be non-empty`);
    else if (seen.has(field)) {
      faults.push(`latest.unique_key elements must be unique, found duplicate element [${field}]`);
    }
    seen.add(field);
  }
  if (sort === '') faults.push('latest.sort must be non-empty');
  return faults;
}

function retentionFaults({ retention }: TransformConfig): string[] {
  if (retention === null || parseTimeMs('max_age', retention.maxAge) >= MIN_RETENTION_MS) return [];
  return [`retention_policy.time.max_age must be greater than 60s, found [${retention.maxAge}]`];
}

function destFaults(cluster: Cluster, name: string): string[] {
  if (cluster.indices.has(name) || aliasedIndices(cluster, name).length > 0) return [];
  if (name !== name.toLowerCase()) return [`Destination index [${name}] must be lowercase`];
  try {
    checkNewName(cluster, name);
    return [];
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return [error.message];
  }
}

function idFaults(id: string): string[] {
  if (!/^[a-z0-9](?:[a-z0-9_.-]*[a-z0-9])?$/.test(id)) {
    return [
      `Invalid id; '${id}' can contain lowercase alphanumeric (a-z and 0-9), hyphens or underscores; must start and end with alphanumeric`,
    ];
  }
  return id.length > MAX_ID_LENGTH
    ? [`The id cannot contain more than ${MAX_ID_LENGTH} characters.`]
    : [];
}

function frequencyFaults(config: TransformConfig): string[] {
  const ms = frequencyMs(config);
  if (ms < MIN_FREQUENCY_MS) return ['minimum permitted [frequency] is [1s]'];
  return ms > MAX_FREQUENCY_MS ? ['highest permitted [frequency] is [1h]'] : [];
}
