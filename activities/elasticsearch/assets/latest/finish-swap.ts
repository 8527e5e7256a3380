import type { Client } from '@elastic/elasticsearch';
import type { Build } from '../../../../contracts/replace-latest-input.ts';
import type { AssetContext } from '../asset-context.ts';
import {
  readTransform,
  redirectTransform,
  transformOf,
  withoutAliases,
} from './build-transform.ts';
import { builds, putMark } from './mark.ts';

/**
 * What is left to do when readers see another build: its transform sets the alias if it has to create the index again;
 * that of the old one no longer does, so that a start by mistake does not move readers back; and the marks of both say
 * what they are. Safe to repeat; the mark of the old one comes last.
 */
export async function finishSwap(
  sink: Client,
  context: AssetContext,
  { from, to }: { from: Build; to: Build },
  signal: AbortSignal,
): Promise<void> {
  const all = await builds(sink, signal);
  const since = new Date().toISOString();
  const made = all.find(({ index }) => index === to.index);
  if (made?.mark?.state === 'building') {
    await putMark(sink, made, { state: 'current', since }, signal);
  }
  const filling = await readTransform(sink, to, signal);
  if (filling !== null && !('aliases' in filling.dest)) {
    await redirectTransform(sink, to, transformOf(context, to).dest, signal);
  }
  const stopped = await readTransform(sink, from, signal);
  if (stopped !== null && 'aliases' in stopped.dest) {
    await redirectTransform(sink, from, withoutAliases(transformOf(context, from)), signal);
  }
  const old = all.find(({ index }) => index === from.index);
  if (old === undefined || old.mark?.state === 'superseded') return;
  await putMark(sink, old, { state: 'superseded', since, by_number: to.number }, signal);
}
