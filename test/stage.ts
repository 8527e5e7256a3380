import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import type { Client } from '@elastic/elasticsearch';
import type { Deps } from '../activities/attempt/deps.ts';
import { REAL_WAITING, type Waiting } from '../activities/attempt/waiting.ts';
import { createActivities, type Activities } from '../activities/index.ts';
import type { Config } from '../config/config.ts';
import { secretsOf } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import { dataStream } from '../contracts/names.ts';
import { ASSET_STEPS, type AssetReport } from '../contracts/reconcile-assets-input.ts';
import { Control } from '../stand-ins/control.ts';
import {
  startElasticsearch,
  type ElasticsearchOptions,
} from '../stand-ins/elasticsearch/server.ts';
import {
  startThreatConnect,
  type ThreatConnectOptions,
} from '../stand-ins/threatconnect/server.ts';
import type { TemporalQuestions } from '../activities/temporal/temporal.ts';
import { createDeps } from '../worker/create-deps.ts';
import { failureInterceptor } from '../worker/failure-interceptor.ts';
import { createRedactor } from '../worker/redactor.ts';

export const SECRET = 'stage s3cr3t$%"\\=+/ ';
const ACCESS_ID = '12345678901234567890';

/** There is no Temporal behind the activities of a stage, so that no other run exists. */
const NO_OTHER_RUNS: Omit<TemporalQuestions, 'isOpen'> = {
  runsUnderWay: async () => [],
  resultOf: async () => undefined,
  keptDays: async () => null,
  previousSlot: () => Promise.reject(new Error('there is no Schedule')),
};

/** Waits are a hundred times shorter than those of a worker, because only the time after them is tested. */
const QUICK: Waiting = {
  sleep: (ms, signal) => REAL_WAITING.sleep(ms / 100, signal),
  random: Math.random,
};

export type Stored = { _id: string; _index: string; _source: Record<string, unknown> };

/** Both stand-ins, and the activities on them as the worker would build them. */
export type Stage = {
  config: Config;
  env: NodeJS.ProcessEnv;
  deps: Deps;
  /** Ids of the workflows that Temporal would call open. */
  openWorkflows: Set<string>;
  sink: Client;
  source: Control;
  elasticsearch: Control;
  /**
   * All steps of `reconcileAssets`, as the workflow takes them.
   * @param overrule as `tcsync apply` does; the hourly reconciliation does not
   */
  apply(dryRun?: boolean, overrule?: boolean): Promise<AssetReport[]>;
  /** Runs an activity with the worker's interceptor. */
  run<Name extends keyof Activities>(
    name: Name,
    input: Parameters<Activities[Name]>[0],
    options?: { attempt?: number; environment?: MockActivityEnvironment },
  ): ReturnType<Activities[Name]>;
  /** @param heartbeatDetails those of the attempt before */
  environment(attempt?: number, heartbeatDetails?: unknown): MockActivityEnvironment;
  /** All documents of the data stream, in the order of their writes. */
  stored(): Promise<Stored[]>;
  close(): Promise<void>;
};

/** @param env settings in addition to those of the stand-ins */
export async function stage(
  options: ThreatConnectOptions = {},
  env: NodeJS.ProcessEnv = {},
  sink: ElasticsearchOptions = {},
): Promise<Stage> {
  const threatConnect = await startThreatConnect({
    credentials: { accessId: ACCESS_ID, secretKey: SECRET },
    ...options,
  });
  const elasticsearch = await startElasticsearch(sink);
  const settings = {
    TC_URL: threatConnect.url,
    TC_ACCESS_ID: ACCESS_ID,
    TC_SECRET_KEY: SECRET,
    TC_REQUESTS_PER_SECOND: '1000',
    ES_URL: elasticsearch.url,
    ...env,
  };
  const config = loadConfig(settings, { cwd: import.meta.dirname });
  const openWorkflows = new Set<string>();
  const temporal = { ...NO_OTHER_RUNS, isOpen: async (id: string) => openWorkflows.has(id) };
  const deps = createDeps(config, temporal, undefined, QUICK);
  const activities = createActivities(deps);
  const environment = (attempt = 1, heartbeatDetails?: unknown) =>
    new MockActivityEnvironment(
      { attempt, startToCloseTimeoutMs: 60_000, heartbeatDetails },
      {
        logger: new DefaultLogger('ERROR'),
        interceptors: [failureInterceptor(createRedactor(secretsOf(config)))],
      },
    );
  const control = new Control(elasticsearch.url);
  const run: Stage['run'] = (name, input, { attempt = 1, environment: given } = {}) =>
    (given ?? environment(attempt)).run(
      activities[name] as (argument: typeof input) => ReturnType<Activities[typeof name]>,
      input,
    ) as ReturnType<Activities[typeof name]>;
  return {
    config,
    env: settings,
    deps,
    openWorkflows,
    sink: deps.sink,
    source: new Control(threatConnect.url),
    elasticsearch: control,
    environment,
    run,
    apply: async (dryRun = false, overrule = false) => {
      const reports: AssetReport[] = [];
      for (const step of ASSET_STEPS)
        reports.push(...(await run('reconcileStep', { step, dryRun, overrule })));
      return reports;
    },
    stored: () =>
      control.lines<Stored>(`/_sim/documents?target=${dataStream(config.program.namespace)}`),
    close: async () => {
      await deps.close();
      await threatConnect.close();
      await elasticsearch.close();
    },
  };
}

/** A stage of 60 records with all assets, as long as `work` runs. */
export async function withStage(
  work: (set: Stage) => Promise<void>,
  env: NodeJS.ProcessEnv = {},
): Promise<void> {
  const set = await stage({ records: 60 }, env);
  try {
    await set.apply();
    await work(set);
  } finally {
    await set.close();
  }
}

/**
 * Waits for a condition, without a time limit, because other processes may slow this one down. Every half minute it
 * prints what it waits for, until the runner ends the test.
 */
export async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
  const told = setInterval(() => process.stderr.write(`still waiting until ${what}\n`), 30_000);
  try {
    while (!(await condition())) await pause(20);
  } finally {
    clearInterval(told);
  }
}

export function readFixture(name: string): string {
  return readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8');
}
