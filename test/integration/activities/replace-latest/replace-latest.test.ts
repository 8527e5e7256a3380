import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { ApplicationFailure } from '@temporalio/common';
import { LATEST_ALIAS } from '../../../../contracts/names.ts';
import type { AssetReport } from '../../../../contracts/reconcile-assets-input.ts';
import { Replacing } from './replacing.ts';

const INDEX = 'logs-ti_threatconnect_latest.dest_indicator-';
const TRANSFORM = 'tcsync-ti_threatconnect-latest-v';

describe('the latest index is replaced while documents are written', () => {
  let replacing: Replacing;
  before(async () => {
    replacing = await Replacing.start();
  });
  after(() => replacing.close());

  test('after every request readers see each live indicator once, and in the end all of them', async () => {
    const { compared, ...result } = await replacing.play();
    assert.deepEqual(result, { kind: 'copy', from: `${INDEX}101`, to: `${INDEX}102` });
    assert.ok(compared !== null && compared.equal > 0 && compared.groups === 1);
    assert.ok(replacing.reader.looks > 20);
    await replacing.assertRight();
    assert.deepEqual(replacing.phases, [
      'copying',
      'stopping',
      'copying changes',
      'catching up',
      'comparing',
      'swapping',
      'finishing',
    ]);
  });

  test('the alias has moved, and only the new transform runs and sets it', async () => {
    assert.deepEqual(await standing(replacing), {
      behind: [`${INDEX}102`],
      [`${TRANSFORM}1`]: { state: 'stopped', setsAlias: false },
      [`${TRANSFORM}2`]: { state: 'started', setsAlias: true },
    });
  });

  test('the next reconciliation finds everything in order, and keeps the old index', async () => {
    const reports = await writingNothing(replacing);
    assert.deepEqual(
      reports.filter(({ state }) => state !== 'ok'),
      [],
    );
    assert.match(
      detailOf(reports, `latest index ${INDEX}101`),
      /it was replaced, and is kept until 20\d\d/,
    );
  });

  test('when it has been kept long enough, a reconciliation deletes it with its transform', async () => {
    await age(replacing, `${INDEX}101`);
    const [report, ...others] = changed(await replacing.set.apply());
    assert.deepEqual(others, []);
    assert.match(report?.changes.join() ?? '', /^deleted, as it was replaced at 2020-/);
    const { behind, ...transforms } = await standing(replacing);
    assert.deepEqual([behind, Object.keys(transforms)], [[`${INDEX}102`], [`${TRANSFORM}2`]]);
    assert.equal(await replacing.set.sink.indices.exists({ index: `${INDEX}101` }), false);
    assert.deepEqual(changed(await writingNothing(replacing)), []);
    await replacing.assertRight();
  });

  test('reconciliations meanwhile touch neither the old build nor the new one', async () => {
    const seen = new Set<string>();
    await replacing.play({
      meanwhile: async (phase) => {
        if (seen.has(phase) || phase === 'preparing' || phase === 'finishing') return;
        seen.add(phase);
        const reports = await writingNothing(replacing);
        assert.deepEqual(changed(reports), [], phase);
        assert.match(detailOf(reports, 'transform'), /it is being replaced by .*-103 since 20/);
      },
    });
    assert.ok(seen.size >= 5);
    await replacing.assertRight();
  });
});

describe('a replacement that does not succeed', () => {
  let replacing: Replacing;
  beforeEach(async () => {
    replacing = await Replacing.start();
  });
  afterEach(() => replacing.close());

  const NEW = `${INDEX}102`;

  const HARM: Readonly<Record<string, { act: (found: Found) => Promise<unknown>; says: RegExp }>> =
    {
      'a missing indicator': {
        act: ({ _id: id }) => replacing.set.sink.delete({ index: NEW, id, refresh: true }),
        says: /1 of Acme and type Host missing in the new one; readers stay with the old one/,
      },
      'an indicator too many': {
        act: ({ _source: source }) => put('another', withId(source, 'another')),
        says: /1 of Acme and type Host only in the new one/,
      },
      'an old version': {
        act: ({ _id: id, _source: source }) =>
          put(id, { ...source, event: { ...source.event, created: '2020-01-01T00:00:00Z' } }),
        says: /1 of Acme and type Host older in the new one/,
      },
    };

  function put(id: string, document: Source): Promise<unknown> {
    return replacing.set.sink.index({ index: NEW, id, document, refresh: true });
  }

  for (const [what, { act, says }] of Object.entries(HARM)) {
    test(`${what} is found, the new index is deleted, and the old one goes on`, async () => {
      const sinceMs = await replacing.nowMs();
      let isHarmed = false;
      const meanwhile = async (phase: string) => {
        if (isHarmed || phase !== 'comparing') return;
        isHarmed = true;
        await act(await unchangedSince(replacing, NEW, sinceMs));
      };
      const failure = await replacing.play({ meanwhile }).catch((error: unknown) => error);
      assert.ok(failure instanceof ApplicationFailure);
      assert.equal(failure.type, 'LatestDiffers');
      assert.match(failure.message, says);
      assert.deepEqual(await standing(replacing), {
        behind: [`${INDEX}101`],
        [`${TRANSFORM}1`]: { state: 'started', setsAlias: true },
      });
      assert.equal(await replacing.set.sink.indices.exists({ index: `${INDEX}102` }), false);
      assert.deepEqual(changed(await writingNothing(replacing)), []);
    });
  }
});

type Standing = { behind: string[]; [transform: string]: unknown };

async function standing({ set: { sink } }: Replacing): Promise<Standing> {
  const behind = Object.keys(await sink.indices.getAlias({ name: LATEST_ALIAS }));
  const { transforms } = await sink.transform.getTransform({ transform_id: `${TRANSFORM}*` });
  const found: Standing = { behind };
  for (const { id, dest } of transforms) {
    const { transforms: stats } = await sink.transform.getTransformStats({ transform_id: id });
    found[id] = { state: stats[0]?.state, setsAlias: 'aliases' in dest };
  }
  return found;
}

async function writingNothing({ set }: Replacing): Promise<AssetReport[]> {
  await set.elasticsearch.post('/_sim/counters/reset');
  const reports = await set.apply();
  const { writes } = await set.elasticsearch.get<{ writes: string[] }>('/_sim/counters');
  assert.deepEqual(writes, []);
  return reports;
}

function changed(reports: readonly AssetReport[]): AssetReport[] {
  return reports.filter(({ state }) => state !== 'ok');
}

function detailOf(reports: readonly AssetReport[], asset: string): string {
  return reports.find((report) => report.asset.startsWith(asset))?.detail ?? '';
}

/** As if it had been replaced long ago. */
async function age({ set: { sink } }: Replacing, index: string): Promise<void> {
  const found = await sink.indices.getMapping({ index });
  const { _meta: meta = {} } = found[index]?.mappings ?? {};
  const mark = { ...(meta['tcsync'] as object), since: '2020-01-01T00:00:00.000Z' };
  await sink.indices.putMapping({ index, _meta: { ...meta, tcsync: mark } });
}

type Source = {
  event: { created: string };
  threat_connect: { indicator: { id: string } };
};

type Found = { _id: string; _source: Source };

/** A document that no write has changed since a time. */
async function unchangedSince(
  { set: { sink } }: Replacing,
  index: string,
  sinceMs: number,
): Promise<Found> {
  const { hits } = await sink.search<Source>({
    index,
    size: 1,
    query: { range: { 'event.created': { lt: sinceMs, format: 'epoch_millis' } } },
    sort: [{ 'event.created': 'desc' }],
  });
  const [found] = hits.hits;
  assert.ok(found !== undefined);
  return found as Found;
}

function withId(source: Source, id: string): Source {
  const { threat_connect: threatConnect } = source;
  return {
    ...source,
    threat_connect: {
      ...threatConnect,
      indicator: { ...threatConnect.indicator, id },
    },
  };
}
