import type { Client } from '@elastic/elasticsearch';
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { stage, type Stage } from '../../stage.ts';
import { told, writingNothing } from './drifts.ts';

const ALIAS = 'logs-ti_threatconnect_latest.indicator';
const INDEX = 'logs-ti_threatconnect_latest.dest_indicator-101';
const SECOND = 'logs-ti_threatconnect_latest.dest_indicator-102';
const FLEETS = 'logs-ti_threatconnect_latest.dest_indicator-8';
const TRANSFORM = 'tcsync-ti_threatconnect-latest-v1';
const CUSTOM = 'tcsync-ti_threatconnect_latest@custom';

/** What a person has done, and what the next reconciliation says. */
type Drift = {
  what: string;
  act: (sink: Client) => Promise<unknown>;
  says: readonly RegExp[];
};

const REPAIRED: readonly Drift[] = [
  {
    what: 'the alias was removed',
    act: (sink) =>
      sink.indices.updateAliases({ actions: [{ remove: { index: INDEX, alias: ALIAS } }] }),
    says: [/^alias \S+: created$/],
  },
  {
    what: 'a second own index is behind the alias',
    act: async (sink) => {
      await sink.indices.create({ index: SECOND });
      await sink.indices.putAlias({ index: SECOND, name: ALIAS });
    },
    says: [
      /^alias \S+: repaired; \S+-102 is removed: its transform does not run, that of \S+-101 does$/,
    ],
  },
  {
    what: 'an older own index has taken the place of the current one',
    act: async (sink) => {
      await secondTransform(sink);
      await sink.transform.stopTransform({ transform_id: TRANSFORM, wait_for_completion: true });
      await sink.indices.putAlias({ index: INDEX, name: ALIAS });
    },
    says: [
      /^alias \S+: repaired; \S+-101 is removed: its transform does not run, that of \S+-102 does$/,
    ],
  },
  {
    what: 'the index lacks a field',
    act: (sink) =>
      sink.cluster.putComponentTemplate({
        name: CUSTOM,
        template: { mappings: { properties: { own_field: { type: 'keyword' } } } },
      }),
    says: [/^index \S+: updated; own_field: not mapped → keyword$/],
  },
  {
    what: 'settings and dynamic mapping of the index',
    act: async (sink) => {
      await sink.indices.putSettings({
        index: INDEX,
        settings: {
          'index.default_pipeline': 'logs@default-pipeline',
          'index.mapping.total_fields.ignore_dynamic_beyond_limit': false,
        },
      });
      await sink.indices.putMapping({ index: INDEX, dynamic: 'strict' });
    },
    says: [
      /^index \S+: updated(?=.*default_pipeline: logs@default-pipeline → _none)(?=.*beyond_limit: false → true)(?=.*dynamic: strict → runtime)/,
    ],
  },
];

const NAMED: readonly Drift[] = [
  {
    what: 'the index of another program beside ours',
    act: (sink) => behindAlias(sink, FLEETS),
    says: [
      /^alias \S+: blocked; it stands for \S+-8, which tcsync did not create, so that readers see indicators twice/,
    ],
  },
  {
    what: 'the index of another program in place of ours',
    act: async (sink) => {
      await behindAlias(sink, FLEETS);
      await sink.indices.updateAliases({ actions: [{ remove: { index: INDEX, alias: ALIAS } }] });
    },
    says: [
      /^alias \S+: blocked; .* readers see other documents than those of tcsync; nothing was changed\. POST _aliases/,
    ],
  },
  {
    what: 'two own indices whose transforms both run',
    act: async (sink) => {
      await secondTransform(sink);
      await sink.indices.putAlias({ index: INDEX, name: ALIAS });
    },
    says: [
      /^alias \S+: blocked; it stands for \S+-101 and \S+-102, .* several of their transforms run/,
    ],
  },
  {
    what: 'an index with the name of the alias',
    act: async (sink) => {
      await sink.indices.updateAliases({ actions: [{ remove: { index: INDEX, alias: ALIAS } }] });
      await sink.indices.create({ index: ALIAS });
    },
    says: [/^alias \S+: blocked; an index or data stream has this name, .*DELETE \/logs-/],
  },
  {
    what: 'a block on writing',
    act: (sink) =>
      sink.indices.putSettings({ index: INDEX, settings: { 'index.blocks.write': true } }),
    says: [/^index \S+: blocked; somebody has set index\.blocks\.write/],
  },
  {
    what: 'the block of a full disk',
    act: (sink) =>
      sink.indices.putSettings({
        index: INDEX,
        settings: { 'index.blocks.read_only_allow_delete': true },
      }),
    says: [
      /^index \S+: blocked; index\.blocks\.read_only_allow_delete is set, because a disk is almost full/,
    ],
  },
  {
    what: 'a mapping that no request can correct',
    act: async (sink) => {
      await sink.transform.stopTransform({ transform_id: TRANSFORM, wait_for_completion: true });
      await sink.indices.delete({ index: INDEX });
      await sink.indices.create({
        index: INDEX,
        settings: { 'index.mapping.ignore_malformed': false },
        mappings: {
          properties: {
            threat_connect: {
              properties: { indicator: { properties: { deleted_at: { type: 'keyword' } } } },
            },
          },
        },
        aliases: { [ALIAS]: {} },
      });
      await sink.transform.startTransform({ transform_id: TRANSFORM });
    },
    says: [
      /^index \S+: blocked; it must be replaced by a new index, because no request can change index\.mapping\.ignore_malformed: false → true, threat_connect\.indicator\.deleted_at: keyword → date: `npx tcsync apply --replace-latest` builds it beside this one$/,
    ],
  },
  {
    what: 'strict dynamic mapping in a component template of the operator',
    act: (sink) =>
      sink.cluster.putComponentTemplate({
        name: CUSTOM,
        template: { mappings: { dynamic: 'strict' } },
      }),
    says: [
      /^effective template of \S+-101: blocked; .* overrides what the program needs: dynamic is strict/,
    ],
  },
];

describe('the latest index and its alias that were changed by hand', () => {
  let set: Stage;
  beforeEach(async () => {
    set = await stage({ records: 1 }, { ES_TRANSFORM_DELAY: '0s' });
    await set.apply();
  });
  afterEach(() => set.close());

  for (const { what, act, says } of REPAIRED) {
    test(`${what}: one reconciliation corrects it, a second one writes nothing`, async () => {
      await act(set.sink);
      agree(told(await set.apply()), says);
      agree(told(await writingNothing(set)), []);
      assert.equal((await behind(set.sink)).length, 1);
    });
  }

  for (const { what, act, says } of NAMED) {
    test(`${what} is named, and nothing is written`, async () => {
      await act(set.sink);
      agree(told(await writingNothing(set)), says);
      agree(told(await writingNothing(set)), says);
    });
  }

  test('a filter of the alias is named, and nothing is written', async () => {
    const aliases = { [ALIAS]: { filter: { term: { 'threat.indicator.type': 'ipv4-addr' } } } };
    // the stand-in has no filtered aliases
    const fault = { kind: 'status', status: 200, body: { [INDEX]: { aliases } } };
    await set.elasticsearch.post('/_sim/faults', { on: 'alias', times: null, fault });
    agree(told(await writingNothing(set)), [
      /^alias \S+: drift-ignored; somebody has given it filter: readers see only a part of the indicators; a new latest index does not get it$/,
    ]);
  });
});

/** Each text has its expression, and there is none besides. */
function agree(texts: readonly string[], says: readonly RegExp[]): void {
  assert.equal(texts.length, says.length, texts.join('\n'));
  for (const [index, expression] of says.entries()) assert.match(texts[index] ?? '', expression);
}

async function behind(sink: Client): Promise<string[]> {
  return Object.keys(await sink.indices.getAlias({ name: ALIAS }));
}

async function behindAlias(sink: Client, index: string): Promise<void> {
  await sink.indices.create({ index, aliases: { [ALIAS]: {} } });
}

/** A second generation whose transform runs, and to which the alias has moved. */
async function secondTransform(sink: Client): Promise<void> {
  const { transforms } = await sink.transform.getTransform({ transform_id: TRANSFORM });
  const { description, dest, frequency, latest, source, sync, retention_policy, settings, _meta } =
    transforms[0] ?? {};
  const transform_id = TRANSFORM.replace('v1', 'v2');
  const same = { description, frequency, latest, source, sync, retention_policy, settings, _meta };
  const body = { ...same, dest: { ...dest, index: SECOND } };
  await sink.transform.putTransform({ transform_id, ...body });
  await sink.transform.startTransform({ transform_id });
}
