import type { Client } from '@elastic/elasticsearch';
import type { Build } from '../../../../contracts/replace-latest-input.ts';
import { atSink } from '../../sink-error.ts';
import { copiesInto } from './copies.ts';

/**
 * Deletes a latest index that readers do not see, and its transform. While something is copied into the index it stays,
 * because the copy would create it again; the next reconciliation deletes it.
 */
export async function deleteBuild(sink: Client, build: Build, signal: AbortSignal): Promise<void> {
  await deleteTransform(sink, build, signal);
  const { index } = build;
  if ((await copiesInto(sink, index, signal)).length > 0) return;
  await atSink(`DELETE ${index}`, signal, () =>
    sink.indices.delete({ index, ignore_unavailable: true }, { signal }),
  );
}

export async function deleteTransform(
  sink: Client,
  { transform }: Build,
  signal: AbortSignal,
): Promise<void> {
  await atSink(`DELETE _transform/${transform}`, signal, () =>
    sink.transform.deleteTransform(
      { transform_id: transform, force: true },
      { signal, ignore: [404] },
    ),
  );
}
