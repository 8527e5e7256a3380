import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Step } from '../../client/check/step.ts';
import { tcsync } from '../tcsync.ts';
import { startLine, type Line } from './line.ts';

type Report = { ok: boolean; steps: Step[] };

describe('tcsync check with all systems running', () => {
  let line: Line;
  before(async () => {
    line = await startLine({ records: 200 });
  });
  after(() => line.stop());

  async function check(changes: NodeJS.ProcessEnv = {}): Promise<Report & { code: number | null }> {
    const { code, stdout } = await tcsync(['check', '--json'], { ...line.env, ...changes });
    return { code, ...(JSON.parse(stdout) as Report) };
  }

  function unwell(steps: readonly Step[]): string[] {
    return steps.flatMap(({ name, state }) => (state === 'ok' ? [] : [`${name} ${state}`]));
  }

  test('says before `apply` what it would create, and ends with 3', async () => {
    const { code, ok, steps } = await check();
    assert.deepEqual(unwell(steps), ['assets warning', 'Schedule default warning']);
    assert.equal(ok, false);
    assert.equal(code, 3);
  });

  test('says after `apply` that all is well', async () => {
    assert.equal(await line.processes.tcsync(['apply'], line.env), 0);
    assert.equal(await line.processes.tcsync(['run'], line.env), 0);
    const { code, ok, steps } = await check();
    assert.deepEqual(unwell(steps), []);
    assert.equal(ok, true);
    assert.equal(code, 0);
    assert.deepEqual(
      steps.map(({ name }) => name),
      [
        'configuration',
        'ThreatConnect',
        'clock',
        'credentials',
        'owners',
        'queries',
        'reading by id',
        'fields',
        'feed default',
        'Elasticsearch',
        'Elasticsearch access',
        'Elasticsearch version',
        'privileges',
        'assets',
        'namespace',
        'Temporal',
        'Temporal namespace',
        'worker',
        'worker settings',
        'Schedule default',
      ],
    );
    const { stdout } = await tcsync(['check'], line.env);
    assert.equal(stdout.split('\n').filter((row) => row.startsWith('ok ')).length, steps.length);
  });

  test('reports a paused Schedule, a worker of another namespace and an unknown Temporal namespace', async () => {
    await line.temporal.schedule.getHandle('tcsync/default/default').pause('holidays');
    const paused = await check();
    assert.equal(paused.code, 3);
    const schedule = paused.steps.find(({ name }) => name === 'Schedule default');
    assert.match(schedule?.detail ?? '', /is paused: holidays; no run starts by itself$/);

    const { steps } = await check({ TCSYNC_NAMESPACE: 'lonely' });
    const worker = steps.find(({ name }) => name === 'worker');
    assert.equal(worker?.state, 'warning');
    assert.equal(worker.detail, 'no worker polls tcsync-lonely and tcsync-lonely-pages');

    const elsewhere = await check({ TEMPORAL_NAMESPACE: 'nowhere' });
    assert.equal(elsewhere.code, 1);
    assert.deepEqual(unwell(elsewhere.steps).slice(-4), [
      'Temporal namespace failed',
      'worker skipped',
      'worker settings skipped',
      'Schedule default skipped',
    ]);
  });

  test('reports a worker with other settings, and so does plan', async () => {
    const other = { TC_PAGE_SIZE: '10', TCSYNC_TAGS: 'x' };
    const { steps } = await check(other);
    const settings = steps.find(({ name }) => name === 'worker settings');
    assert.equal(settings?.state, 'warning');
    assert.match(settings.detail, /has other settings than these: TC_PAGE_SIZE, TCSYNC_TAGS$/);
    const { stderr, code } = await tcsync(['plan'], { ...line.env, ...other });
    assert.match(stderr, /^worker \S+ has other settings than these: TC_PAGE_SIZE, TCSYNC_TAGS; /m);
    assert.equal(code, 0);
  });
});
