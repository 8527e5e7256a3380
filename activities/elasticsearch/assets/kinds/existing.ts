import type { Client } from '@elastic/elasticsearch';
import { SinkMisconfiguredError } from '../../../../contracts/errors.ts';
import { errorType } from '../../sink-error.ts';

/**
 * Accepts that another installer, running at the same time, has created it first.
 * @param answer to a request that was sent with `ignore: [400, 409]` and `meta: true`
 */
export function requireCreated(what: string, answer: { statusCode?: number; body: unknown }): void {
  const { statusCode: status = 0 } = answer;
  if (status < 400) return;
  const type = errorType(answer.body);
  if (type === 'resource_already_exists_exception') return;
  throw new SinkMisconfiguredError(`create ${what}: ${status} ${type}`);
}

/**
 * Without its template an index is not created: Elasticsearch's own template for `logs-*-*`, or none, would decide about
 * it. The template may be missing because a privilege for it is.
 *
 * @throws {SinkMisconfiguredError} if the template does not exist
 */
export async function requireTemplate(
  sink: Client,
  template: string,
  signal: AbortSignal,
): Promise<void> {
  const found = await sink.indices.getIndexTemplate(
    { name: template, filter_path: ['index_templates.name'] },
    { signal, ignore: [404] },
  );
  if (found.index_templates?.[0] !== undefined) return;
  throw new SinkMisconfiguredError(`it needs the index template ${template}, which does not exist`);
}
