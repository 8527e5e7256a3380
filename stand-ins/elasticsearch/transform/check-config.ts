import { ApiError, invalidRequest } from '../errors.ts';
import { type Cluster } from '../state/cluster.ts';
import { aliasedIndices, ANY_NAMES, checkNewName, resolveNames } from '../state/names.ts';
import { isPattern, matchesPattern } from '../text/wildcard.ts';
import { parseTimeMs } from '../text/time.ts';
import { frequencyMs, type TransformConfig } from './config.ts';

/** Everything that is wrong with a configuration by itself. @throws {ApiError} 400 */
export function checkConfig(cluster: Cluster, config: TransformConfig): void {
  const { dest, id, latest, retention, settings } = config;
  const faults: string[] = [];
  if (!/^[a-z0-9](?:[a-z0-9_.-]{0,62}[a-z0-9])?$/.test(id)) faults.push(`Invalid id; '${id}'`);
  const { num_failure_retries: retries = -1, unattended } = settings;
  if (unattended === true && retries !== -1)
    faults.push(
      `settings.num_failure_retries [${String(retries)}] can not be set in unattended mode`,
    );
  if (latest.uniqueKey.length === 0) faults.push('latest.unique_key must be non-empty');
  if (retention !== null && parseTimeMs('max_age', retention.maxAge) < 60_000)
    faults.push('retention_policy.time.max_age must be greater than 60s');
  const ms = frequencyMs(config);
  if (ms < 1_000) faults.push('minimum permitted [frequency] is [1s]');
  if (ms > 3_600_000) faults.push('highest permitted [frequency] is [1h]');
  if (faults.length > 0) throw invalidRequest(...faults);
  if (!cluster.indices.has(dest.index) && aliasedIndices(cluster, dest.index).length === 0)
    checkNewName(cluster, dest.index);
}

/**
 * Looks up the indices and the pipeline of a configuration, before the server accepts or starts a transform.
 * @throws {ApiError} 400 `validation_exception`
 */
export function checkSourceAndDest(cluster: Cluster, { source, dest }: TransformConfig): void {
  const faults = source.index
    .filter((name) => !isPattern(name) && resolveNames(cluster, [name], ANY_NAMES).length === 0)
    .map((name) => `no such index [${name}]`);
  const expression = source.index.find((name) => matchesPattern(name, dest.index));
  if (expression !== undefined)
    faults.push(
      `Destination index [${dest.index}] is included in source expression [${expression}]`,
    );
  if (dest.pipeline !== null && !cluster.pipelines.has(dest.pipeline))
    faults.push(`Pipeline with id [${dest.pipeline}] could not be found`);
  if (faults.length === 0) return;
  const list = faults.map((fault, index) => `${index + 1}: ${fault};`).join('');
  throw new ApiError(400, { type: 'validation_exception', reason: `Validation Failed: ${list}` });
}
