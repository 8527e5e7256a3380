import type { Client, estypes } from '@elastic/elasticsearch';
import { SinkMisconfiguredError } from '../../contracts/errors.ts';
import type { CopyLook } from '../../contracts/replace-latest-input.ts';
import { attempt } from '../attempt/attempt.ts';
import type { Deps } from '../attempt/deps.ts';
import { atSink, errorType } from '../elasticsearch/sink-error.ts';
import { lookUntil } from './look-until.ts';

/** Waits for the end of a copy, for a minute at most, and says how far it is. */
export function watchCopy(
  { installer: sink, waiting }: Deps,
  { task }: { task: string },
): Promise<CopyLook> {
  return attempt((signal) =>
    lookUntil(
      ({ state }) => state !== 'running',
      () => look(sink, task, signal),
      waiting,
      signal,
    ),
  );
}

async function look(sink: Client, task: string, signal: AbortSignal): Promise<CopyLook> {
  const { body, statusCode } = await atSink(`GET _tasks/${task}`, signal, () =>
    sink.tasks.get({ task_id: task }, { signal, ignore: [404], meta: true }),
  );
  if (statusCode === 404) return { state: 'lost', copied: 0, total: 0 };
  const { total = 0, created = 0, updated = 0 } = (body.task.status ?? {}) as Partial<Status>;
  const counts = { copied: created + updated, total };
  if (!body.completed) return { state: 'running', ...counts };
  const failed = failureOf(body);
  if (failed === null) return { state: 'done', ...counts };
  // a cluster in trouble is no reason to give up: the copy is started again
  if (failed.status === null || failed.status >= 500 || failed.status === 429) {
    return { state: 'lost', ...counts };
  }
  throw new SinkMisconfiguredError(
    `the copy into the new latest index was refused: ${failed.status} ${failed.type}; nothing was replaced`,
  );
}

type Status = { total: number; created: number; updated: number };

type Answer = { error?: unknown; response?: unknown };

/** The first failure, without its reason, which may quote a document. */
function failureOf({ error, response }: Answer): { status: number | null; type: string } | null {
  if (error !== undefined) return { status: null, type: errorType({ error }) };
  const { failures = [] } = (response ?? {}) as { failures?: estypes.BulkIndexByScrollFailure[] };
  const [first] = failures;
  return first === undefined
    ? null
    : { status: first.status, type: errorType({ error: first.cause }) };
}
