import type { Client, estypes } from '@elastic/elasticsearch';
import { isDeepStrictEqual } from 'node:util';
import { blocked, due, OK, type Asset, type Inspection } from '../asset.ts';
import { requireCreated } from '../kinds/existing.ts';

export type TransformBody = Omit<estypes.TransformPutTransformRequest, 'transform_id'> & {
  latest: estypes.TransformLatest;
  // since 8.8; the client's types lack it
  dest: { index: string; aliases: { alias: string; move_on_creation: boolean }[] };
};

/** A transform has a task and credentials of its own, so an existing one is started and never created again. */
export function transform(id: string, body: TransformBody): Asset {
  return {
    name: `transform ${id}`,
    body,
    inspect: async (sink, signal) => {
      const found = await sink.transform.getTransform(
        { transform_id: id },
        { signal, ignore: [404] },
      );
      const existing = found.transforms?.[0];
      if (existing === undefined) {
        return due({
          becomes: 'created',
          changes: [],
          act: async () => {
            const answer = await sink.transform.putTransform(
              { transform_id: id, ...body },
              { signal, ignore: [400, 409], meta: true },
            );
            requireCreated(`transform ${id}`, answer);
            await start(sink, id, signal);
          },
        });
      }
      if (!isDeepStrictEqual(existing.latest?.unique_key, body.latest.unique_key)) {
        return blocked(otherKey(existing.latest?.unique_key, body));
      }
      return inspectState(sink, id, signal);
    },
  };
}

async function inspectState(sink: Client, id: string, signal: AbortSignal): Promise<Inspection> {
  const { transforms } = await sink.transform.getTransformStats({ transform_id: id }, { signal });
  const state = transforms[0]?.state;
  if (state === 'stopped') {
    return due({
      becomes: 'repaired',
      changes: ['it was stopped, and is started'],
      act: () => start(sink, id, signal),
    });
  }
  if (state === 'failed') {
    // not the reason itself: it may quote a document
    return blocked(
      `it has failed: GET _transform/${id}/_stats says why; ` +
        `correct that, then POST _transform/${id}/_stop?force=true and apply again`,
    );
  }
  return state === 'started' || state === 'indexing' ? OK : { ...OK, detail: `it is ${state}` };
}

/** 409: it is running already, because another installer has started it. */
async function start(sink: Client, id: string, signal: AbortSignal): Promise<void> {
  await sink.transform.startTransform({ transform_id: id }, { signal, ignore: [409] });
}

function otherKey(key: readonly string[] | undefined, { latest }: TransformBody): string {
  return (
    `it keeps one document for each ${(key ?? []).join(' + ')}, this profile needs one for each ` +
    `${[latest.unique_key].flat().join(' + ')}: namespaces of a cluster share the latest index, ` +
    'so all need the same TCSYNC_OUTPUT_PROFILE; nothing was changed'
  );
}
