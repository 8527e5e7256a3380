import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { DefaultLogger, Runtime, type WorkflowBundle } from '@temporalio/worker';
import { FIRST_GENERATION } from '../../../activities/elasticsearch/assets/latest/generation.ts';
import { makeStatus } from '../../../client/status/make-status.ts';
import { statusText } from '../../../client/status/status-text.ts';
import {
  assetsWorkflowId,
  dataStream,
  rejectStream,
  scheduleId,
  stateIndex,
} from '../../../contracts/names.ts';
import { startDevServer, type DevServer } from '../../../demo/dev-server.ts';
import { withoutSettings } from '../../../demo/demo-settings.ts';
import type { FindingKind } from '../../../watch/finding.ts';
import { until } from '../../stage.ts';
import { bundleRuns, withPlace, type Place } from './place.ts';

/** From this attempt on a person is needed. */
const STUCK_ATTEMPT = 9;
/** No server listens there. */
const NOBODY = '127.0.0.1:1';
const UNAUTHORIZED = {
  does: 'fail',
  type: 'SourceUnauthorized',
  message: 'GET /api/v3/security/owners: 401; likely causes: many',
} as const;

type Trouble = {
  /** Makes the trouble, in a place where all was well. */
  arrange: (place: Place) => Promise<NodeJS.ProcessEnv | void>;
  /** The findings that need a person, in this order. */
  attention: FindingKind[];
  /** The findings that are notes. */
  notes?: FindingKind[];
  /** The text must match these. */
  says: readonly RegExp[];
  /** The text must not match this. */
  never?: RegExp;
};

const { does: _, ...FAILURE } = UNAUTHORIZED;
const REFUSED = { type: 'RunUnderWay', message: 'run other is under way' };

const TROUBLES: Readonly<Record<string, Trouble>> = {
  nothing: {
    arrange: (place) => place.load(),
    attention: [],
    says: [
      /^well: everything modified more than \d+ s ago is in Elasticsearch\n\ndefault\n {2}everything modified before /,
    ],
  },
  'seven failed runs in a row': {
    arrange: async (place) => {
      await place.load();
      await place.ended({ does: 'end' });
      for (let run = 0; run < 7; run += 1) await place.ended({ does: 'fail', ...FAILURE });
    },
    attention: ['failed-runs'],
    says: [
      /^not well: 1 thing needs a person\n! default: the last 7 runs have failed: SourceUnauthorized: GET \/api\/v3\/security\/owners: 401 \(since \S+Z, \d+ s\)\n/,
      /`npx tcsync check`: it says what to correct \(docs\/operations.md, SourceUnauthorized\)/,
    ],
  },
  'a failed run, and a later one that reads': {
    arrange: async (place) => {
      await place.load();
      await place.ended({ does: 'fail', ...FAILURE });
      await place.start({ does: 'read', paused: null });
    },
    attention: [],
    notes: ['failed-runs'],
    says: [/^well: .*\n- default: the last run has failed: SourceUnauthorized/],
  },
  'a failed run before the last one': {
    arrange: async (place) => {
      await place.load();
      await place.ended({ does: 'fail', ...FAILURE });
      await place.ended({ does: 'end' });
    },
    attention: [],
    says: [/^well: /],
  },
  'runs that were refused because another one was under way': {
    arrange: async (place) => {
      await place.load();
      await place.ended({ does: 'end' });
      await place.ended({ does: 'fail', ...REFUSED });
      await place.ended({ does: 'fail', ...REFUSED });
    },
    attention: [],
    says: [/^well: /],
    never: /RunUnderWay/,
  },
  'a failed run, and refused ones around it': {
    arrange: async (place) => {
      await place.load();
      for (const failure of [REFUSED, FAILURE, REFUSED]) {
        await place.ended({ does: 'fail', ...failure });
      }
    },
    attention: ['failed-runs'],
    says: [/! default: the last run has failed: SourceUnauthorized/],
  },
  'the transform is stopped': {
    arrange: async (place) => {
      await place.sink.transform.stopTransform({ transform_id: FIRST_GENERATION.transform });
      await place.load();
    },
    attention: ['latest'],
    says: [
      /! transform tcsync-ti_threatconnect-latest-v1 is stopped; \d+ documents not in the latest index \(since /,
      /`npx tcsync apply`: it starts it/,
    ],
  },
  'a transform that an operator keeps stopped': {
    arrange: async (place) => {
      const transform_id = FIRST_GENERATION.transform;
      await place.sink.transform.updateTransform({ transform_id, _meta: { paused: 'upgrade' } });
      await place.sink.transform.stopTransform({ transform_id });
      await place.load();
    },
    attention: [],
    notes: ['latest'],
    says: [
      /^well: .*\n- transform \S+ is stopped, and an operator keeps it so: upgrade; \d+ documents/,
      /"paused": false/,
    ],
  },
  'the transform has failed': {
    arrange: async (place) => {
      await place.load();
      const reason = 'a reason that quotes a document';
      await place.elasticsearch.post('/_sim/transforms/fail', {
        id: FIRST_GENERATION.transform,
        reason,
      });
    },
    attention: ['latest'],
    says: [/! transform \S+ has failed/, /`npx tcsync apply`: it starts it again/],
    never: /quotes a document/,
  },
  'a transform that waits for a node': {
    arrange: async (place) => {
      await place.load();
      const reason = 'no node';
      await place.elasticsearch.post('/_sim/transforms/wait', {
        id: FIRST_GENERATION.transform,
        reason,
      });
    },
    attention: ['latest'],
    says: [/! transform \S+ is waiting/],
  },
  'a missing transform': {
    arrange: async (place) => {
      await place.load();
      await place.sink.transform.deleteTransform({
        transform_id: FIRST_GENERATION.transform,
        force: true,
      });
    },
    attention: ['latest'],
    says: [/! transform \S+ does not exist; \d+ documents not in the latest index \(since /],
  },
  'the latest index is an hour behind': {
    arrange: async (place) => {
      await place.sink.transform.deleteTransform({
        transform_id: FIRST_GENERATION.transform,
        force: true,
      });
      await place.elasticsearch.post('/_sim/clock', { offsetMs: -3_600_000 });
      await place.apply();
      await place.load();
    },
    attention: ['latest'],
    says: [
      /! the latest index is behind: \d+ documents wait for transform \S+ \(since \S+, 60 min\)/,
    ],
  },
  'a transform with errors': {
    arrange: async (place) => {
      const hindrance = {
        id: FIRST_GENERATION.transform,
        status: 503,
        reason: 'document 7',
        times: 100,
      };
      await place.elasticsearch.post('/_sim/transforms/hinder', hindrance);
      await place.load();
      await place.elasticsearch.post('/_sim/clock', { advanceMs: 200_000 });
      await until('it has met one', async () => {
        const { transforms } = await place.sink.transform.getTransformStats({
          transform_id: FIRST_GENERATION.transform,
        });
        return (transforms[0]?.health?.issues ?? []).length > 0;
      });
    },
    attention: [],
    notes: ['latest'],
    says: [/^well: .*\n- transform \S+ has problems: Transform indexer failed; \d+ documents/],
    never: /document 7/,
  },
  'nothing is applied': {
    arrange: async (place) => {
      await place.sink.transform.deleteTransform({
        transform_id: FIRST_GENERATION.transform,
        force: true,
      });
      return { ...place.env, TCSYNC_NAMESPACE: 'fresh' };
    },
    attention: ['assets', 'worker', 'schedule', 'schedule'],
    says: [
      /! nothing is applied to Elasticsearch yet\n {2}Run `npx tcsync apply`/,
      /no run has committed yet: `npx tcsync run` starts one/,
    ],
  },
  'the data stream accepts no writes': {
    arrange: async (place) => {
      await place.load();
      const index = await writeIndex(place);
      await place.sink.indices.putSettings({ index, settings: { 'index.blocks.write': true } });
    },
    attention: ['write-block'],
    says: [
      /! \.ds-logs-ti_threatconnect\S+ accepts no writes: index\.blocks\.write is set\n {2}.*PUT /,
    ],
  },
  'a state index that accepts no writes because the disk is full': {
    arrange: async (place) => {
      await place.load();
      await place.sink.indices.putSettings({
        index: stateIndex(place.namespace),
        settings: { 'index.blocks.read_only_allow_delete': true },
      });
    },
    attention: ['write-block'],
    says: [/! tcsync-state-\S+ accepts no writes: .*\n {2}Free disk space/],
  },
  'the data stream is gone': {
    arrange: async (place) => {
      await place.load();
      await place.sink.indices.deleteDataStream({
        name: dataStream(place.namespace),
      });
    },
    attention: ['assets'],
    says: [/! data stream \S+ does not exist\n.*the next run reads everything again/],
  },
  'a data stream that was created again': {
    arrange: async (place) => {
      await place.load();
      const name = dataStream(place.namespace);
      await place.sink.indices.deleteDataStream({ name });
      await place.sink.indices.createDataStream({ name });
    },
    attention: ['state'],
    says: [
      /! default: data stream \S+ is not the one that was written to: .*\n.*reads everything again/,
    ],
  },
  'a state document that cannot be read': {
    arrange: async (place) => {
      await place.load();
      const index = stateIndex(place.namespace);
      await place.sink.index({ index, id: 'feed:default', document: { watermark: 7 } });
    },
    attention: ['state'],
    says: [
      /! default: tcsync-state-\S+\/_doc\/feed:default cannot be read/,
      /the age of the data is not known/,
    ],
    never: /no run has committed/,
  },
  'a watermark in the future': {
    arrange: async (place) => {
      await place.load();
      await rewriteWatermark(place, Date.now() + 3_600_000);
    },
    attention: ['clock'],
    says: [/! default: the watermark \S+ lies 60 min in the future/, /\(in the future\)/],
  },
  'a watermark that is a day old': {
    arrange: async (place) => {
      await place.load();
      await rewriteWatermark(place, Date.now() - 86_400_000);
    },
    attention: ['freshness'],
    says: [
      /! default: records that were modified in the last 24 h are not in Elasticsearch \(since /,
    ],
  },
  'open rejects': {
    arrange: async (place) => {
      await place.load();
      const index = rejectStream(place.namespace);
      const tcsync = { feed: 'default', run_id: 'run', reject: { id: 'r', state: 'open' } };
      const document = { '@timestamp': new Date().toISOString(), tcsync };
      await place.sink.create({ index, id: 'r', document, refresh: true });
    },
    attention: ['rejects'],
    says: [/! default: 1 reject open: /, /`npx tcsync rejects list`/],
  },
  'the Schedule is paused': {
    arrange: async (place) => {
      await place.load();
      await schedule(place).pause('quiet\nplease');
    },
    attention: ['schedule'],
    says: [
      /! default: Schedule \S+ is paused \(quiet please\): no run starts/,
      /Schedule +paused: quiet please/,
    ],
  },
  'a missing Schedule': {
    arrange: async (place) => {
      await place.load();
      await schedule(place).delete();
    },
    attention: ['schedule'],
    says: [/! default: there is no Schedule: .*\n {2}Run `npx tcsync apply`/],
  },
  'a missing Schedule of the assets': {
    arrange: async (place) => {
      await place.load();
      await place.session.temporal.schedule.getHandle(assetsWorkflowId(place.namespace)).delete();
    },
    attention: ['schedule'],
    says: [/! there is no Schedule: the assets in Elasticsearch are not reconciled/],
  },
  'an asset that cannot be corrected': {
    arrange: async (place) => {
      await place.load();
      await place.reconciled([
        { asset: 'transform x', state: 'blocked', changes: [], detail: 'no node may run it' },
        { asset: 'ILM policy x', state: 'repaired', changes: ['max_age: 30d → 1d'], detail: null },
        { asset: 'alias x', state: 'ok', changes: [], detail: null },
      ]);
      await listed(place, 1);
    },
    attention: ['assets'],
    notes: ['assets'],
    says: [
      /! transform x is not as it should be: no node may run it \(since /,
      /- ILM policy x is repaired: max_age: 30d → 1d/,
    ],
  },
  'a reconciliation that failed': {
    arrange: async (place) => {
      await place.load();
      await place.reconciled([]);
      await listed(place, 1);
    },
    attention: ['assets'],
    says: [/! the last reconciliation of the assets has failed: SinkUnauthorized: PUT _x: 403/],
  },
  'a Schedule of a feed that is no longer configured': {
    arrange: async (place) => {
      await place.load();
      const { temporal } = place.session;
      await temporal.schedule.create({
        scheduleId: scheduleId(place.namespace, 'former'),
        spec: {},
        action: { type: 'startWorkflow', workflowType: 'syncFeed', taskQueue: 'x', args: [] },
      });
      await until('it is listed', async () => {
        for await (const { scheduleId: id } of temporal.schedule.list()) {
          if (id.endsWith(`${place.namespace}/former`)) return true;
        }
        return false;
      });
    },
    attention: ['schedule'],
    says: [/! Schedule tcsync\/\S+\/former starts runs of a feed that is not configured/],
  },
  'a run whose next workflow task fails': {
    arrange: async (place) => {
      await place.load();
      const handle = await place.start({ does: 'stumble' });
      await until('it is tried again', async () => {
        return ((await handle.describe()).raw.pendingWorkflowTask?.attempt ?? 0) > 1;
      });
    },
    attention: ['stuck-run'],
    says: [
      /! default: run \S+ is stuck: its next step is at attempt \d+: a fault of the program \(since /,
    ],
  },
  'a page that is repeated many times': {
    arrange: async (place) => {
      await place.load();
      const handle = await place.start({ does: 'retry' });
      await until('it is tried for a while', async () => {
        return (
          ((await handle.describe()).raw.pendingActivities?.[0]?.attempt ?? 0) >= STUCK_ATTEMPT
        );
      });
    },
    attention: ['stuck-run'],
    says: [
      /! default: syncPage of run \S+ is at attempt \d+: Error: connect ECONNREFUSED \(since /,
    ],
  },
  'a paused run': {
    arrange: async (place) => {
      await place.load();
      await place.start({ does: 'read', paused: 'an upgrade' });
    },
    attention: ['paused-run'],
    says: [
      /! default: run \S+ is paused: an upgrade\n/,
      /paused +\S+, 4,000 of 9,673 records read/,
    ],
  },
  'a run that plans': {
    arrange: async (place) => {
      const handle = await place.start({ does: 'plan' });
      await until(
        'it plans',
        async () => (await handle.describe()).raw.pendingActivities?.length === 1,
      );
    },
    attention: [],
    says: [/^well: /, /the first load is running/, /running +\S+, planning what to read/],
  },
  'two first loads': {
    arrange: async (place) => {
      await place.start({ does: 'read', paused: null });
      await place.start({ does: 'read', paused: null });
    },
    attention: [],
    notes: ['runs'],
    says: [
      /^well: .*\n- default: 2 runs read the same/,
      /no run has committed yet: the first load is running/,
      /running +\S+, 4,000 of 9,673 records read, 500 instead of 2,000 a page on 2 lanes/,
    ],
    never: /`npx tcsync run` starts one/,
  },
  'a run of another feed': {
    arrange: async (place) => {
      await place.load();
      await place.start({ does: 'read', paused: 'another' }, { feed: 'another' });
    },
    attention: [],
    says: [/^well: /],
    never: /paused/,
  },
  'missing workers': {
    arrange: async (place) => {
      await place.load();
      return { ...place.env, TCSYNC_NAMESPACE: 'deserted' };
    },
    attention: ['assets', 'assets', 'worker', 'schedule', 'schedule'],
    says: [
      /! no worker polls tcsync-deserted and tcsync-deserted-pages\n {2}Start one with `npx tcsync worker`/,
    ],
  },
  'a worker with other settings': {
    arrange: async (place) => {
      await place.load();
      return { ...place.env, TC_OWNERS: 'Acme', TCSYNC_TAGS: 'x' };
    },
    attention: ['settings'],
    says: [/! worker \d+@\S+ has other settings than these: TC_OWNERS, TCSYNC_TAGS\n/],
  },
  'Elasticsearch away': {
    arrange: async (place) => {
      await place.load();
      return { ...place.env, ES_URL: `http://${NOBODY}` };
    },
    attention: ['elasticsearch', 'settings'],
    says: [
      /! Elasticsearch cannot be checked: .*ECONNREFUSED/,
      /the age of the data is not known/,
      /Schedule +next run/,
    ],
    never: /no run has committed/,
  },
  'Temporal away': {
    arrange: async (place) => {
      await place.load();
      return { ...place.env, TEMPORAL_ADDRESS: NOBODY };
    },
    attention: ['temporal'],
    says: [
      /! Temporal cannot be checked: .*TEMPORAL_ADDRESS/,
      /everything modified before \S+ is written/,
    ],
  },
  'both away': {
    arrange: async (place) => ({
      ...place.env,
      TEMPORAL_ADDRESS: NOBODY,
      ES_URL: `http://${NOBODY}`,
    }),
    attention: ['elasticsearch', 'temporal'],
    says: [/^not well: 2 things need a person/],
    never: /no run has committed/,
  },
};

/** Two troubles at the same time. */
const TOGETHER = [
  ['seven failed runs in a row', 'the transform is stopped'],
  ['open rejects', 'the Schedule is paused'],
  ['the data stream accepts no writes', 'a page that is repeated many times'],
  ['a worker with other settings', 'a state document that cannot be read'],
  ['the Schedule is paused', 'Elasticsearch away'],
  ['open rejects', 'Temporal away'],
  ['a missing transform', 'a missing Schedule'],
] as const;

function named(title: string): Trouble {
  const trouble = TROUBLES[title];
  assert.ok(trouble !== undefined, title);
  return trouble;
}

async function writeIndex({ sink, namespace }: Place): Promise<string> {
  const name = dataStream(namespace);
  const { data_streams: streams } = await sink.indices.getDataStream({ name });
  return streams[0]?.indices.at(-1)?.index_name ?? '';
}

async function rewriteWatermark({ sink, namespace }: Place, atMs: number): Promise<void> {
  const watermark = `${new Date(atMs).toISOString().slice(0, 19)}Z`;
  await sink.update({ index: stateIndex(namespace), id: 'feed:default', doc: { watermark } });
}

function schedule({ session, namespace }: Place) {
  return session.temporal.schedule.getHandle(scheduleId(namespace, 'default'));
}

describe('status reports', { timeout: 600_000 }, () => {
  let server: DevServer;
  let bundle: WorkflowBundle;
  let places = 0;
  before(async () => {
    // the SDK logs an error each time a workflow task fails
    const telemetryOptions = { logging: { filter: { core: 'ERROR', other: 'ERROR' } } } as const;
    Runtime.install({ logger: new DefaultLogger('ERROR', () => undefined), telemetryOptions });
    server = await startDevServer({
      env: withoutSettings(process.env),
      report: (line) => process.stderr.write(`${line}\n`),
    });
    bundle = await bundleRuns();
  });
  after(() => server.stop());

  async function check(troubles: readonly Trouble[]): Promise<void> {
    const { address } = server;
    const namespace = `place${(places += 1)}`;
    await withPlace({ address, namespace, bundle }, async (place) => {
      let env = place.env;
      for (const { arrange } of troubles) env = (await arrange(place)) ?? env;
      const status = await makeStatus(env, null);
      const text = statusText(status);
      const isAlone = troubles.length === 1;
      const kinds = (severity: string) =>
        status.findings.filter((each) => each.severity === severity).map(({ kind }) => kind);
      const expected = troubles.flatMap(({ attention }) => attention);
      assert.deepEqual(kinds('attention').sort(), expected.sort(), text);
      assert.deepEqual(
        kinds('note'),
        troubles.flatMap(({ notes = [] }) => notes),
        text,
      );
      assert.equal(status.well, expected.length === 0);
      for (const { says, never } of troubles) {
        for (const pattern of says.filter(({ source }) => isAlone || source.startsWith('!'))) {
          assert.match(text, pattern);
        }
        if (never !== undefined) assert.doesNotMatch(text, never);
      }
    });
  }

  for (const [title, trouble] of Object.entries(TROUBLES)) test(title, () => check([trouble]));

  for (const titles of TOGETHER) {
    test(titles.join(', and of '), () => check(titles.map((title) => named(title))));
  }
});

/** Temporal lists a run some time after its end. */
async function listed({ session, namespace }: Place, count: number): Promise<void> {
  const query = `WorkflowType = "reconcileAssets" AND WorkflowId STARTS_WITH "${assetsWorkflowId(namespace)}" AND ExecutionStatus != "Running"`;
  await until('the reconciliation is listed', async () => {
    const { count: found } = await session.temporal.workflow.count(query);
    return found >= count;
  });
}
