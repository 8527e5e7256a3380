import assert from 'node:assert/strict';
import type { Step } from '../../../client/check/step.ts';
import { takeSteps } from '../../../client/check/take-steps.ts';
import {
  startElasticsearch,
  type ElasticsearchOptions,
} from '../../../stand-ins/elasticsearch/server.ts';
import { startThreatConnect } from '../../../stand-ins/threatconnect/server.ts';
import { Control } from '../../../stand-ins/control.ts';
import { SECRET } from '../../stage.ts';

export const API_KEY = Buffer.from('key-id:key-s3cr3t').toString('base64');
/** Nothing listens there. */
export const NOBODY = '127.0.0.1:1';
const ACCESS_ID = '12345678901234567890';

type Expected = { state: Step['state']; detail: RegExp | string; remedy?: RegExp };

/** Both stand-ins, and the result of `tcsync check` for them. */
export type CheckStage = {
  env: NodeJS.ProcessEnv;
  source: Control;
  sink: Control;
  /** Runs all steps with changed settings and compares one of them. */
  expectStep(
    name: string,
    expected: Expected,
    changes?: NodeJS.ProcessEnv,
  ): Promise<ReadonlyMap<string, Step>>;
  /** Removes the faults that a test has set. */
  mend(): Promise<void>;
  close(): Promise<void>;
};

export async function checkStage(): Promise<CheckStage> {
  const threatConnect = await startThreatConnect({
    records: 50,
    credentials: { accessId: ACCESS_ID, secretKey: SECRET },
  });
  const elasticsearch = await startElasticsearch({});
  const source = new Control(threatConnect.url);
  const sink = new Control(elasticsearch.url);
  const env = {
    TC_URL: threatConnect.url,
    TC_ACCESS_ID: ACCESS_ID,
    TC_SECRET_KEY: SECRET,
    ES_URL: elasticsearch.url,
    TEMPORAL_ADDRESS: NOBODY,
  };
  return {
    env,
    source,
    sink,
    expectStep: async (name, expected, changes = {}) => {
      const taken = await takeSteps({ ...env, ...changes }, () => undefined);
      const steps = new Map(taken.map((step) => [step.name, step]));
      compare(steps.get(name), expected);
      return steps;
    },
    mend: async () => {
      await source.delete('/_sim/faults');
      await sink.delete('/_sim/faults');
      await source.post('/_sim/clock', { real: true });
    },
    close: async () => {
      await threatConnect.close();
      await elasticsearch.close();
    },
  };
}

function compare(step: Step | undefined, { state, detail, remedy }: Expected): void {
  assert.ok(step);
  assert.equal(step.state, state, `${step.detail}\n${step.remedy}`);
  if (typeof detail === 'string') assert.equal(step.detail, detail);
  else assert.match(step.detail, detail);
  if (remedy !== undefined) assert.match(step.remedy ?? '', remedy);
  if (step.state === 'ok') assert.equal(step.remedy, null);
}

/** Another Elasticsearch, as long as `work` runs. */
export async function withElasticsearch(
  options: ElasticsearchOptions,
  work: (url: string, control: Control) => Promise<void>,
): Promise<void> {
  const other = await startElasticsearch(options);
  try {
    await work(other.url, new Control(other.url));
  } finally {
    await other.close();
  }
}
