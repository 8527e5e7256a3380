import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  neededPrivileges,
  type PrivilegeContext,
} from '../../activities/elasticsearch/privileges.ts';
import { SourceControl } from '../../demo/source-control.ts';
import { Control } from '../../stand-ins/control.ts';
import { encodedOf } from '../../stand-ins/elasticsearch/security/api-keys.ts';
import {
  startElasticsearch,
  type RunningElasticsearch,
} from '../../stand-ins/elasticsearch/server.ts';
import { tcsync } from '../tcsync.ts';
import { startLine, type Line } from './line.ts';

const OWN: PrivilegeContext = { namespace: 'default', assets: 'own', flavour: 'stack' };
const INSTALLER = { id: 'installer', name: 'i', key: 'inst4ller-s3cret' };
const INGESTER = { id: 'ingester', name: 'r', key: 'ing3ster-s3cret' };

describe('with an installer’s and an ingester’s key of exactly the privileges in docs/security.md', () => {
  let elasticsearch: RunningElasticsearch;
  let control: Control;
  let line: Line;
  const printed: string[] = [];

  before(async () => {
    elasticsearch = await startElasticsearch({
      apiKeys: [
        { ...INSTALLER, ...neededPrivileges('installer', OWN) },
        { ...INGESTER, ...neededPrivileges('ingester', OWN) },
      ],
    });
    control = new Control(elasticsearch.url);
    line = await startLine({
      records: 300,
      env: {
        ES_URL: elasticsearch.url,
        ES_API_KEY: encodedOf(INGESTER),
        ES_INSTALLER_API_KEY: encodedOf(INSTALLER),
        ES_TRANSFORM_FREQUENCY: '1s',
        ES_TRANSFORM_DELAY: '1s',
      },
    });
  });
  after(async () => {
    await line.stop();
    await elasticsearch.close();
  });

  async function command(...args: string[]) {
    const { code, stdout, stderr } = await tcsync(args, line.env);
    printed.push(stdout, stderr);
    return { code, said: `${stdout}${stderr}` };
  }

  test('apply creates all assets, and then finds nothing to do', async () => {
    const { code, said } = await command('apply');
    assert.equal(code, 0, said);
    await control.post('/_sim/counters/reset');
    await command('apply');
    const { writes } = await control.get<{ writes: string[] }>('/_sim/counters');
    assert.deepEqual(writes, []);
  });

  test('a run reads everything, and every document reaches the latest index', async () => {
    const { code, said } = await command('run');
    assert.equal(code, 0, said);
    const count = async (target: string) =>
      new Set(
        (
          await control.lines<{ _source: { threat_connect: { indicator: { id: string } } } }>(
            `/_sim/documents?target=${target}`,
          )
        ).map(({ _source }) => _source.threat_connect.indicator.id),
      ).size;
    const live = await new SourceControl(line.env.TC_URL ?? '').live();
    assert.equal(await count('logs-ti_threatconnect.indicator-default'), live.length);
    await control.post('/_sim/clock', { advanceMs: 10_000 });
    await control.post('/_sim/transforms/settle', {});
    assert.equal(await count('logs-ti_threatconnect_latest.indicator'), live.length);
    const second = await command('run');
    assert.equal(second.code, 0, second.said);
  });

  test('check, status, plan and rejects lack nothing', async () => {
    for (const args of [['check'], ['status'], ['plan'], ['rejects', 'list']]) {
      const { code, said } = await command(...args);
      assert.equal(code, 0, `${args.join(' ')}: ${said}`);
      assert.ok(!said.includes('security_exception'), said);
    }
  });

  test('no key was printed, or is in Temporal’s history', async () => {
    const histories: string[] = [];
    for await (const { workflowId, runId } of line.temporal.workflow.list()) {
      const handle = line.temporal.workflow.getHandle(workflowId, runId);
      const { events = [] } = await handle.fetchHistory();
      histories.push(...textsIn(events));
    }
    assert.ok(histories.length > 0);
    for (const { id, key } of [INSTALLER, INGESTER]) {
      const base64 = Buffer.from(key).toString('base64').replace(/=+$/, '');
      for (const secret of [key, base64, encodedOf({ id, key })])
        for (const text of [...printed, ...histories]) assert.ok(!text.includes(secret));
    }
  });
});

/** All texts of an object, also those in the bytes of payloads. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (value instanceof Uint8Array) return [Buffer.from(value).toString('utf8')];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
