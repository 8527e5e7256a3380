import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Life, Why } from '../../../client/why/make-why.ts';
import { SECRET, stage, type Stage } from '../../stage.ts';
import { tcsync } from '../../tcsync.ts';
import { loadWhole } from '../activities/page-input.ts';
import { NOBODY } from './check-stage.ts';

type Truth = { id: string; owner: string; ownerName: string };

const LARGE = '9007199254740995';
const ODD = 'a "b" \\c \'d\' e';
const VALUE = 'bad.example';
/** Copies of one value in two owners. */
const [ONE, TWO] = ['9007199254740997', '9007199254740999'];
const CLOSED = 'http://127.0.0.1:1';

for (const profile of ['enriched', 'compatible'] as const) {
  describe(`tcsync why, ${profile}`, () => {
    let set: Stage;
    before(async () => {
      set = await stage({ records: 40 }, { TCSYNC_OUTPUT_PROFILE: profile });
      await set.apply();
      const records = await set.source.lines<Truth>('/_sim/records');
      const [first = '', second = ''] = new Set(records.map(({ ownerName }) => ownerName));
      const now = new Date(Date.now() - 600_000).toISOString().replace(/\.\d+/, '');
      const create = (id: string, type: string, summary: string, ownerName: string) => ({
        op: 'create',
        record: { id, type, summary, ownerName, lastModified: now },
      });
      const changes = [
        create(LARGE, 'Mutex', ODD, first),
        create(ONE, 'Host', VALUE, first),
        create(TWO, 'Host', VALUE, second),
      ];
      await set.source.post('/_sim/mutate', { changes });
      await loadWhole(set);
      await set.elasticsearch.post('/_sim/clock', { advanceMs: 3_600_000 });
      await set.elasticsearch.post('/_sim/transforms/settle');
    });
    after(() => set.close());

    async function why(
      argument: string,
      changes: NodeJS.ProcessEnv = {},
    ): Promise<Why & { code: number | null }> {
      const env = { ...set.env, TEMPORAL_ADDRESS: NOBODY, ...changes };
      const { code, stdout, stderr } = await tcsync(['why', argument, '--json'], env);
      assert.ok(stdout !== '', stderr);
      assert.ok(!stdout.includes(SECRET.trim()));
      return { code, ...(JSON.parse(stdout) as Why) };
    }

    async function onlyLife(argument: string, changes: NodeJS.ProcessEnv = {}): Promise<Life> {
      const { lives } = await why(argument, changes);
      assert.equal(lives.length, 1);
      assert.ok(lives[0] !== undefined);
      return lives[0];
    }

    test('finds an id above 2^53 by its exact digits, and the value with quotes and blanks', async () => {
      for (const argument of [LARGE, ODD]) {
        const { code, lives } = await why(argument);
        assert.deepEqual(
          lives.map(({ id, summary, verdict }) => [id, summary, verdict.kind]),
          [[LARGE, ODD, 'current']],
        );
        assert.equal(code, 0);
      }
    });

    test('shows the stored version, the run that wrote it, and that latest holds it', async () => {
      const { versions, versionsStored, latest, feeds } = await onlyLife(LARGE);
      assert.equal(versionsStored, 1);
      assert.deepEqual(
        versions.map(({ runId, workflowId, inLatest, created }) => [
          runId,
          workflowId,
          inLatest,
          created !== null,
        ]),
        [profile === 'enriched' ? ['run-1', null, true, true] : [null, null, true, false]],
      );
      assert.match(latest?.deletedAt ?? '', /^\d{4}-/);
      assert.deepEqual(
        feeds.map(({ name, selects }) => [name, selects]),
        [['default', { value: { selected: true, because: null } }]],
      );
    });

    test('explains each of the copies that two owners have, also if the value is defanged', async () => {
      for (const argument of [VALUE, 'bad[.]example']) {
        const { lives, code } = await why(argument);
        assert.deepEqual(lives.map(({ id }) => String(id)).sort(), [ONE, TWO]);
        assert.equal(new Set(lives.map(({ owner }) => owner)).size, 2);
        const kinds = lives.map(({ verdict }) => verdict.kind).sort();
        const second = profile === 'enriched' ? 'current' : 'other-copy';
        assert.deepEqual(kinds, ['current', second]);
        assert.equal(code, 0);
      }
    });

    test('prints the verdict before everything else for people', async () => {
      const env = { ...set.env, TEMPORAL_ADDRESS: NOBODY };
      const { code, stdout } = await tcsync(['why', LARGE], env);
      assert.equal(code, 0);
      assert.match(stdout, /^in Elasticsearch in its newest version\n/);
      assert.match(stdout, /^no answer from Temporal/m);
    });

    test('says which part of a feed leaves an indicator out', async () => {
      const { verdict } = await onlyLife(LARGE, { TC_TQL: 'summary = "other"' });
      assert.equal(verdict.kind, 'not-selected-but-present');
      assert.match(verdict.what, /default leaves it out by its filter; it stays/);
      const { verdict: byType } = await onlyLife(LARGE, { TC_TYPES: 'Host' });
      assert.match(byType.what, /by its types/);
    });

    test('says that nothing is known of an id or a value', async () => {
      const { code, lives } = await why('999');
      assert.deepEqual([code, lives[0]?.verdict.kind], [0, 'gone']);
      const none = await why('nowhere.example');
      assert.deepEqual([none.code, none.found, none.lives], [0, 0, []]);
    });

    test('works without ThreatConnect and without Elasticsearch, and ends with 3', async () => {
      const noSource = await why(LARGE, { TC_URL: CLOSED });
      assert.equal(noSource.code, 3);
      assert.match(noSource.lives[0]?.verdict.what ?? '', /in the latest index, but ThreatConnect/);
      assert.match(noSource.troubles.join('\n'), /^ThreatConnect: /m);
      const noSink = await why(VALUE, { ES_URL: CLOSED });
      assert.equal(noSink.code, 3);
      assert.equal(noSink.lives.length, 2);
      assert.match(noSink.lives[0]?.verdict.what ?? '', /^Elasticsearch gives no answer/);
      assert.equal(noSink.lives[0]?.source?.active, true);
      const neither = await why(VALUE, { ES_URL: CLOSED, TC_URL: CLOSED });
      assert.deepEqual([neither.code, neither.lives], [3, []]);
    });

    test('ends with 2 without an indicator, and for a fault of the settings', async () => {
      assert.equal((await tcsync(['why'], set.env)).code, 2);
      assert.equal((await tcsync(['why', ' '], set.env)).code, 2);
      assert.equal((await tcsync(['why', '1'], { ...set.env, TC_URL: 'x' })).code, 2);
    });

    test('sees an inactive indicator, a deleted one, and one that was modified after the watermark', async () => {
      await set.source.post('/_sim/clock', { advanceMs: 3_600_000 });
      const changes = [
        { op: 'deactivate', id: ONE },
        { op: 'delete', id: TWO },
        { op: 'update', id: LARGE, set: { rating: 4 } },
      ];
      await set.source.post('/_sim/mutate', { changes });
      const inactive = await onlyLife(ONE);
      assert.equal(inactive.source?.active, false);
      const isOwnCopy = inactive.latest !== null;
      assert.equal(inactive.verdict.kind, isOwnCopy ? 'inactive-but-present' : 'inactive');
      const gone = await onlyLife(TWO);
      assert.equal(gone.source, null);
      assert.match(gone.verdict.what, /(deleted|not visible) at the source/);
      assert.deepEqual(
        [inactive, gone].map(({ feeds }) => feeds[0]?.selects),
        [
          { value: { selected: true, because: null } },
          { value: { selected: false, because: null } },
        ],
      );
      const { verdict } = await onlyLife(LARGE);
      assert.equal(verdict.kind, 'not-yet');
      assert.match(verdict.what, /after the watermark .*an older version is stored/);
    });
  });
}
