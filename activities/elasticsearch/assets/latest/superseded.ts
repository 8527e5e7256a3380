import type { Client } from '@elastic/elasticsearch';
import { OK, type Asset, type Inspection, type Repair } from '../asset.ts';
import type { PlanContext } from '../asset-context.ts';
import { copiesInto } from './copies.ts';
import { deleteBuild } from './delete-build.ts';
import { finishSwap } from './finish-swap.ts';
import type { Generation } from './generation.ts';
import { builds, type MarkedBuild } from './mark.ts';

/**
 * The latest indices that readers do not see, and that were replaced or given up. They are kept for a time, so that
 * `tcsync apply --undo` can go back; then they are deleted with their transforms. The mark on each says since when it is
 * kept, so that no run of a workflow has to live that long, and a changed `TCSYNC_KEEP_PREVIOUS` counts at once.
 */
export async function earlierBuilds(
  sink: Client,
  context: PlanContext,
  signal: AbortSignal,
): Promise<Asset[]> {
  const { latest } = context;
  const others = (await builds(sink, signal)).filter(({ number }) => number !== latest.number);
  return others.map(({ index }) => ({
    name: `latest index ${index}`,
    body: null,
    inspect: async (sink, signal) => {
      const all = await builds(sink, signal);
      const build = all.find((each) => each.index === index);
      // without a mark it was made by hand, and has replaced nothing
      const hasReplaced = all.some(({ number, mark }) => number === latest.number && mark !== null);
      return build === undefined
        ? OK
        : inspectBuild(sink, build, { ...context, hasReplaced }, signal);
    },
  }));
}

async function inspectBuild(
  sink: Client,
  build: MarkedBuild,
  context: PlanContext & { hasReplaced: boolean },
  signal: AbortSignal,
): Promise<Inspection> {
  const { latest, keepPreviousMs, hasReplaced } = context;
  const { index, mark } = build;
  const deletion = (why: string): Repair => ({
    becomes: 'updated',
    changes: [`deleted, as ${why}`],
    act: () => deleteUnlessUsed(sink, build, signal),
  });
  if (mark?.state === 'abandoned') {
    if ((await copiesInto(sink, index, signal)).length > 0) {
      return { ...OK, detail: `it is deleted when the copy into it has ended` };
    }
    return { ...OK, due: [deletion('its replacement was given up')] };
  }
  if (mark?.state === 'superseded') {
    const endMs = Date.parse(mark.since) + keepPreviousMs;
    if (endMs <= Date.now()) {
      return { ...OK, due: [deletion(`it was replaced at ${mark.since} (TCSYNC_KEEP_PREVIOUS)`)] };
    }
    return { ...OK, detail: `it was replaced, and is kept until ${new Date(endMs).toISOString()}` };
  }
  if (!hasReplaced || !wasCurrent(build, latest)) return OK;
  return {
    ...OK,
    due: [
      {
        becomes: 'repaired',
        changes: [`its replacement by ${latest.index}, which was interrupted, is finished`],
        act: () => finishSwap(sink, context, { from: build, to: latest }, signal),
      },
    ],
  };
}

/** An undo may have begun to use it again. */
async function deleteUnlessUsed(
  sink: Client,
  { index, mark: before }: MarkedBuild,
  signal: AbortSignal,
): Promise<void> {
  const now = (await builds(sink, signal)).find((build) => build.index === index);
  if (now !== undefined && now.mark?.state === before?.state) await deleteBuild(sink, now, signal);
}

/** True if readers have seen it before, and its mark does not say that it was replaced. */
function wasCurrent({ mark, meta, number, transform }: MarkedBuild, latest: Generation): boolean {
  if (mark?.state === 'current') return true;
  if (mark?.state === 'building') return mark.replaces !== latest.number;
  const made = meta['_transform'] as { transform?: unknown } | undefined;
  const isMadeByProgram = meta['created_by'] === 'transform' && made?.transform === transform;
  return isMadeByProgram && number < latest.number;
}
