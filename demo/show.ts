import { setTimeout as sleep } from 'node:timers/promises';
import { ThreatConnect } from '../activities/threatconnect/threatconnect.ts';
import { dataStream } from '../contracts/names.ts';
import { checkMapping } from './check-mapping.ts';
import { compare, isEqual, toSentence, type Comparison, type Version } from './compare.ts';
import { latestVersions, livingSummaries, untilLatest } from './latest.ts';
import { startParts, type Parts } from './parts.ts';
import { claimNamespace } from './real-cluster.ts';
import { endSchedule } from './schedule.ts';
import { number, say } from './say.ts';
import type { DemoSettings } from './demo-settings.ts';
import type { SourceControl } from './source-control.ts';
import { sourceVersions } from './source-versions.ts';
import { storedDocuments, storedVersions } from './stored-versions.ts';

const COMPATIBLE_NAMESPACE = 'demo_compatible';
const TAGS = 'forwarded,threatconnect-indicator'; // the default of TCSYNC_TAGS
/** Changes reach Elasticsearch with the next tick, and the latest index soon after. Longer than this is a fault. */
const ARRIVAL_MS = 120_000;

/**
 * Starts the parts, and shows and explains each step of the program.
 * @param undo gets the steps of the clean-up at the end, which run in reverse order
 * @returns whether all comparisons were equal
 */
export async function show(
  options: DemoSettings,
  folder: string,
  undo: (() => Promise<void> | void)[],
): Promise<boolean> {
  const parts = await startParts(options, folder, undo);
  const { control } = parts;
  const isSynced = await showSync(options, parts);
  await showLargeIds(parts);
  const inLatest = await showLatest(parts);
  if (control === null) return isSynced && inLatest;
  const isMapped = await showMapping('enriched', parts, control);
  if (parts.claimed.isShared) {
    say(
      'the demo does not show documents of Elastic’s integration, because other namespaces use the assets here',
    );
    return isSynced && inLatest && isMapped;
  }
  const isCompatible = await showCompatible(parts, control, undo);
  return isSynced && inLatest && isMapped && isCompatible;
}

/** Copies everything while it changes, and waits until the changes are copied too. */
async function showSync(options: DemoSettings, parts: Parts): Promise<boolean> {
  const { control, env } = parts;
  await command(parts, ['apply']);
  if (control !== null && options.changes > 0) {
    say(
      `from now on ${options.changes} records change and ${options.changes} are added after each page`,
    );
    await control.changeAfterEachPage(options.changes, options.changes);
  }
  await command(parts, ['run']);
  await control?.stopChanging();

  let comparison = await compareStream(parts);
  say(toSentence(comparison));
  if (!isEqual(comparison)) {
    say('the next run reads what changed during this run: a Schedule starts one every 2 seconds');
    await command(parts, ['apply'], { ...env, TCSYNC_SYNC_EVERY: '2s' });
    const deadlineMs = Date.now() + ARRIVAL_MS;
    while (!isEqual(comparison) && Date.now() < deadlineMs) {
      await sleep(1_000);
      comparison = await compareStream(parts);
    }
    await command(parts, ['status']);
    say(toSentence(comparison));
  }
  return isEqual(comparison);
}

/** Compares the live indicators of the source with the stored documents. */
export async function compareStream(parts: Parts): Promise<Comparison> {
  const { sink, namespace } = parts;
  return compare(await live(parts), await storedVersions(sink, dataStream(namespace), namespace));
}

async function showLargeIds(parts: Parts): Promise<void> {
  const large = (await live(parts)).filter(({ id }) => BigInt(id) > Number.MAX_SAFE_INTEGER);
  if (large.length === 0) return;
  const some = large.slice(0, 3).map(({ id }) => id);
  say(
    `${number(large.length)} ids are above 2^53 and are exact: ${some.join(', ')}${large.length > 3 ? ' …' : ''}`,
  );
}

/** Waits until the transform has copied the newest version of each live indicator. */
export async function showLatest(parts: Parts): Promise<boolean> {
  const { sink, namespace } = parts;
  say('a transform fills the latest index, which has one document for each live indicator');
  const comparison = await untilLatest(
    () => live(parts),
    () => latestVersions(sink, namespace, 'id'),
    ARRIVAL_MS,
  );
  say(`latest: ${toSentence(comparison)}`);
  return isEqual(comparison);
}

/** Shows the same with documents exactly like those of Elastic's integration, which live for a fixed time. */
async function showCompatible(
  parts: Parts,
  control: SourceControl,
  undo: (() => Promise<void> | void)[],
): Promise<boolean> {
  const { processes, sink, namespace } = parts;
  say(
    'the same again from an empty namespace, with documents exactly like those of Elastic’s integration',
  );
  await endSchedule(parts.temporal, namespace);
  await processes.stop('the worker');
  await parts.claimed.clear();
  const claimed = await claimNamespace(sink, COMPATIBLE_NAMESPACE);
  undo.push(claimed.clear);
  undo.push(() => processes.stop('the second worker').then(() => undefined));
  const env = {
    ...parts.env,
    TCSYNC_NAMESPACE: COMPATIBLE_NAMESPACE,
    TCSYNC_OUTPUT_PROFILE: 'compatible',
  };
  const compatible: Parts = { ...parts, env, namespace: COMPATIBLE_NAMESPACE, claimed };
  await processes.startWorker('the second worker', env);
  await command(compatible, ['apply']);
  await command(compatible, ['run']);
  const isMapped = await showMapping('compatible', compatible, control);

  const truth = await control.live();
  const living = livingSummaries(truth, Date.now());
  const comparison = await untilLatest(
    () => living,
    () => latestVersions(sink, COMPATIBLE_NAMESPACE, 'summary'),
    ARRIVAL_MS,
  );
  const ended = new Set(truth.map(({ summary }) => summary)).size - living.length;
  say(`latest: ${toSentence(comparison)}; ${number(ended)} past their 90 days are not in it`);
  return isMapped && isEqual(comparison);
}

/** Compares the stored documents, field by field, with the output of `tcsync map` for the source's own records. */
async function showMapping(
  profile: string,
  { processes, sink, env, namespace, fields }: Parts,
  control: SourceControl,
): Promise<boolean> {
  const args = ['map', '--profile', profile, '--namespace', namespace, '--tags', TAGS];
  say(`$ tcsync ${args.join(' ')} < records`);
  const { expected, equal, different } = await checkMapping(
    processes.pipe(args, env, control.records(fields)),
    storedDocuments(sink, dataStream(namespace), namespace),
  );
  say(
    `${number(equal)} of ${number(expected)} documents are stored as \`tcsync map\` makes them` +
      (different.length === 0 ? '' : `; different: ${different.slice(0, 5).join(', ')} …`),
  );
  return expected > 0 && different.length === 0;
}

/** The live indicators of the source; a stand-in has its own list. */
async function live({ control, source }: Parts): Promise<Version[]> {
  return control === null ? sourceVersions(new ThreatConnect(source)) : control.live();
}

/**
 * @param onLine gets the lines of its output, which go to the terminal otherwise
 * @throws {Error} if it fails
 */
export async function command(
  { processes, env }: Parts,
  args: readonly string[],
  given: NodeJS.ProcessEnv = env,
  onLine?: (line: string) => void,
): Promise<void> {
  say(`$ tcsync ${args.join(' ')}`);
  const code = await processes.tcsync(args, given, onLine);
  if (code !== 0) throw new Error(`tcsync ${args.join(' ')} ended with exit code ${code}`);
}
