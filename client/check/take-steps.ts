import { createInstaller, createSink } from '../../activities/elasticsearch/client.ts';
import { ThreatConnect } from '../../activities/threatconnect/threatconnect.ts';
import { loadParts, type Parts } from '../../config/load.ts';
import { temporalFaults } from '../../config/load-temporal.ts';
import { ASSETS, checkAssets } from './assets.ts';
import { Checklist } from './checklist.ts';
import { checkConfiguration } from './configuration.ts';
import { checkFeed, FEEDS } from './feeds.ts';
import { checkFields, FIELDS } from './check-fields.ts';
import { checkInstaller } from './check-installer.ts';
import { checkInstance, INSTANCE } from './instance.ts';
import { checkPrivileges, INSTALLER_PRIVILEGES, PRIVILEGES } from './check-privileges.ts';
import { checkQueries, QUERIES } from './queries.ts';
import { checkKeyset, KEYSET } from './reading.ts';
import { checkSink, SINK_STEPS } from './check-elasticsearch.ts';
import { checkSettings, SETTINGS } from './check-settings.ts';
import { checkSource, SOURCE_STEPS } from './check-threatconnect.ts';
import type { Step } from './step.ts';
import { checkTemporal, TEMPORAL_STEPS } from './check-temporal.ts';
import { checkVersion } from './version.ts';
import { checkSchedule, checkWorker, SCHEDULES, WORKER } from './check-worker.ts';

/** Longest wait for an answer of ThreatConnect, which may have to count millions of records. */
const SOURCE_MS = 60_000;
const SINK_MS = 30_000;

/**
 * Takes every step that the settings allow.
 *
 *     configuration ─┬─► ThreatConnect ─► clock ─► credentials ─┬─► queries ─► reading by id, fields
 *                    │                                          └─► owners ─► each feed
 *                    ├─► Elasticsearch ─► access ─┬─► version ─► assets
 *                    │        │                   └─► privileges, namespace
 *                    │        └─► the installer's access ─► its privileges, assets
 *                    └─► Temporal ─► its namespace ─► worker, its settings and version, the Schedule of each feed
 *
 * @param onStep is called with each step as soon as the step has ended
 */
export async function takeSteps(
  env: NodeJS.ProcessEnv,
  onStep: (step: Step) => void,
): Promise<readonly Step[]> {
  const list = new Checklist(onStep);
  const parts = withTemporal(loadParts(env), env);
  await checkConfiguration(list, parts);
  await atSource(list, parts);
  await atSink(list, parts);
  await atTemporal(list, parts, env);
  return list.steps;
}

/** Adds the faults of Temporal's profile file, which not every command reads. */
function withTemporal(parts: Parts, env: NodeJS.ProcessEnv): PartsOfAll {
  const names = new Set(parts.faults.map(({ name }) => name));
  const temporal = temporalFaults(env);
  const others = temporal.filter(({ name }) => !names.has(name));
  return { ...parts, faults: [...parts.faults, ...others], hasTemporal: temporal.length === 0 };
}

/** `hasTemporal`: the settings of the connection to Temporal have no fault. */
type PartsOfAll = Parts & { readonly hasTemporal: boolean };

async function atSource(list: Checklist, { source: config, feeds }: Parts): Promise<void> {
  if (config === null) {
    const trouble = 'the settings of ThreatConnect are faulty';
    for (const head of [...SOURCE_STEPS, QUERIES, KEYSET, FIELDS, FEEDS]) list.skip(head, trouble);
    return;
  }
  const waitMs = Math.min(config.httpTimeoutMs, SOURCE_MS);
  const wait = () => AbortSignal.timeout(waitMs);
  const source = new ThreatConnect(config);
  try {
    await checkSource(list, source, { config, feeds: feeds ?? [] }, wait());
    await checkQueries(list, source, config.credentials, wait());
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

async function atSink(
  list: Checklist,
  { source, sink: config, program, feeds }: Parts,
): Promise<void> {
  if (config === null) {
    const steps = [...SINK_STEPS, PRIVILEGES, ASSETS, INSTANCE];
    for (const head of steps) list.skip(head, 'the settings of Elasticsearch are faulty');
    return;
  }
  const wait = () => AbortSignal.timeout(SINK_MS);
  const sink = createSink(config);
  const installer = createInstaller(config, sink);
  const isOneKey = installer === sink;
  try {
    const server = await checkSink(list, sink, config, wait());
    if (!isOneKey) await checkInstaller(list, installer, config, wait());
    if (program === null) {
      const ofInstaller = isOneKey ? [] : [INSTALLER_PRIVILEGES];
      const steps = [PRIVILEGES, ...ofInstaller, ASSETS, INSTANCE];
      for (const head of steps) list.skip(head, 'the settings of the program are faulty');
      return;
    }
    const context = {
      ...program,
      flavour: server?.flavour ?? ('stack' as const),
      feeds: (feeds ?? []).map(({ name }) => name),
    };
    const holder = isOneKey ? 'both' : 'ingester';
    await checkPrivileges(list, sink, { holder, context }, wait());
    if (!isOneKey) await checkPrivileges(list, installer, { holder: 'installer', context }, wait());
    await checkAssets(list, installer, context, wait());
    if (source === null) list.skip(INSTANCE, 'the settings of ThreatConnect are faulty');
    else {
      const { namespace } = program;
      await checkInstance(list, sink, { namespace, url: source.url }, wait());
    }
  } finally {
    for (const client of new Set([sink, installer])) await client.close();
  }
}

async function atTemporal(
  list: Checklist,
  { source, sink, program, feeds, worker, namespace, hasTemporal }: PartsOfAll,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  if (!hasTemporal) {
    const trouble = 'the settings of Temporal are faulty';
    for (const head of [...TEMPORAL_STEPS, WORKER, SETTINGS, SCHEDULES]) list.skip(head, trouble);
    return;
  }
  const session = await checkTemporal(list, env);
  try {
    if (namespace === null) {
      const trouble = 'TCSYNC_NAMESPACE is faulty';
      for (const head of [WORKER, SETTINGS, SCHEDULES]) list.skip(head, trouble);
      return;
    }
    await checkWorker(list, session, namespace);
    if (source === null || feeds === null || sink === null || program === null) {
      list.skip(SETTINGS, 'the settings are faulty');
    } else await checkSettings(list, session, { source, feeds, sink, program });
    const buildId = worker?.buildId ?? null;
    if (buildId !== null) await checkVersion(list, session, { namespace, buildId });
    if (feeds === null) list.skip(SCHEDULES, 'the settings of the feeds are faulty');
    for (const { name } of feeds ?? []) {
      await checkSchedule(list, session, namespace, name);
    }
  } finally {
    await session?.connection.close();
  }
}
