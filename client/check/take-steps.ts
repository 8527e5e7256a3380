import { ThreatConnect } from '../../activities/threatconnect/source.ts';
import { loadParts, type Parts } from '../../config/load.ts';
import { Checklist } from './checklist.ts';
import { checkConfiguration } from './configuration.ts';
import { checkFeed, FEEDS } from './feeds.ts';
import { checkFields, FIELDS } from './fields.ts';
import { checkKeyset, KEYSET } from './reading.ts';
import { checkSource, SOURCE_STEPS } from './source.ts';
import type { Step } from './step.ts';

/** Longest wait for an answer of ThreatConnect, which may have to count millions. */
const SOURCE_MS = 60_000;

/**
 * Takes every step that the settings allow.
 *
 *     configuration ───► ThreatConnect ─► clock ─► credentials ─┬─► reading by id, fields
 *                                                               └─► owners ─► each feed
 *
 * @param onStep is told of each as soon as it is over
 */
export async function takeSteps(
  env: NodeJS.ProcessEnv,
  onStep: (step: Step) => void,
): Promise<readonly Step[]> {
  const list = new Checklist(onStep);
  const parts = loadParts(env);
  await checkConfiguration(list, parts);
  await atSource(list, parts);
  return list.steps;
}

async function atSource(list: Checklist, { source: config, feeds }: Parts): Promise<void> {
  if (config === null) {
    const trouble = 'the settings of ThreatConnect are faulty';
    for (const head of [...SOURCE_STEPS, KEYSET, FIELDS, FEEDS]) list.skip(head, trouble);
    return;
  }
  const waitMs = Math.min(config.httpTimeoutMs, SOURCE_MS);
  const wait = () => AbortSignal.timeout(waitMs);
  const source = new ThreatConnect(config);
  try {
    await checkSource(list, source, { config, feeds: feeds ?? [] }, wait());
    await checkKeyset(list, source, wait);
    if (feeds === null) {
      for (const head of [FIELDS, FEEDS]) list.skip(head, 'the settings of the feeds are faulty');
      return;
    }
    await checkFields(list, source, feeds, wait);
    for (const feed of feeds) await checkFeed(list, source, feed, wait);
  } finally {
    await source.close();
  }
}
