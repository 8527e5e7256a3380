import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { API_KEY, checkStage, NOBODY, withElasticsearch, type CheckStage } from './check-stage.ts';

const DENIED =
  'action [indices:admin/index_template/get] is unauthorized for user [u], this action is granted by the cluster privileges [manage_index_templates,manage,all]';

describe('tcsync check of Elasticsearch', () => {
  let stage: CheckStage;
  before(async () => {
    stage = await checkStage();
  });
  afterEach(() => stage.mend());
  after(() => stage.close());

  test('distinguishes a server that is not Elasticsearch from one that does not answer', async () => {
    await stage.expectStep(
      'Elasticsearch',
      { state: 'failed', detail: /^nothing listens for Elasticsearch/, remedy: /ES_URL/ },
      { ES_URL: `http://${NOBODY}` },
    );
    await stage.sink.post('/_sim/faults', { on: 'info', fault: { kind: 'status', status: 404 } });
    await stage.expectStep('Elasticsearch', { state: 'failed', detail: /is not Elasticsearch/ });
  });

  test('reports a missing or wrong key, and skips the steps that need it', async () => {
    await withElasticsearch({ credentials: { apiKey: API_KEY } }, async (url) => {
      const all = await stage.expectStep(
        'Elasticsearch access',
        { state: 'failed', detail: /401/, remedy: /set ES_API_KEY/ },
        { ES_URL: url },
      );
      assert.equal(all.get('Elasticsearch')?.state, 'ok');
      assert.equal(all.get('privileges')?.state, 'skipped');
      await stage.expectStep(
        'Elasticsearch access',
        { state: 'failed', detail: /401/, remedy: /encoded form/ },
        { ES_URL: url, ES_API_KEY: 'wrong' },
      );
      for (const [key, remedy] of [
        [`"${API_KEY}"`, /^ES_API_KEY arrived here with quotes around it: remove them\.$/],
        [`'${API_KEY}'`, /with quotes around it/],
        [`ApiKey ${API_KEY}`, /^ES_API_KEY begins with the word ApiKey/],
        ['key-id:key-s3cr3t', /^ES_API_KEY is in the form id:key: set the encoded form/],
        ['x', /It arrived here with 1 character\.$/],
      ] as const) {
        await stage.expectStep(
          'Elasticsearch access',
          { state: 'failed', detail: /401/, remedy },
          { ES_URL: url, ES_API_KEY: key },
        );
      }
    });
  });

  test('refuses a version that is too old, and does not check its assets', async () => {
    await withElasticsearch({ version: '8.12.2' }, async (url) => {
      const all = await stage.expectStep(
        'Elasticsearch version',
        { state: 'failed', detail: /^Elasticsearch 8\.12\.2 is older than 8\.13\.0/ },
        { ES_URL: url },
      );
      assert.equal(all.get('assets')?.state, 'skipped');
      assert.equal(all.get('privileges')?.state, 'ok');
    });
  });

  test('reports that all privileges exist, or that security is off', async () => {
    await stage.expectStep('privileges', { state: 'ok', detail: /^security is off/ });
    await withElasticsearch({ credentials: { apiKey: API_KEY } }, async (url) => {
      await stage.expectStep(
        'privileges',
        { state: 'ok', detail: /every privilege/ },
        { ES_URL: url, ES_API_KEY: API_KEY },
      );
    });
  });

  test('names the assets that cannot be read because a privilege is missing', async () => {
    const missing = {
      username: 'tcsync',
      has_all_requested: false,
      cluster: { manage_index_templates: false },
      index: {},
      application: {},
    };
    await stage.sink.post('/_sim/faults', {
      on: 'security',
      fault: { kind: 'status', status: 200, body: missing },
    });
    await stage.sink.post('/_sim/faults', {
      on: 'index_template',
      times: null,
      fault: {
        kind: 'status',
        status: 403,
        body: { error: { type: 'security_exception', reason: DENIED }, status: 403 },
      },
    });
    const all = await stage.expectStep('privileges', {
      state: 'failed',
      detail: 'the credentials lack privileges: cluster: manage_index_templates',
      remedy: /"cluster":\["manage_ilm","manage_index_templates",/,
    });
    assert.equal(all.get('assets')?.state, 'failed');
    assert.match(
      all.get('assets')?.remedy ?? '',
      /^index template tcsync-state: look up index template tcsync-state: 403 security_exception; the API key or user lacks the cluster privilege manage_index_templates \(manage or all grants it too\)$/m,
    );
  });

  test('checks the installer’s key apart', async () => {
    const installer = Buffer.from('installer:s3cr3t-of-it').toString('base64');
    const options = {
      credentials: { apiKey: API_KEY },
      apiKeys: [
        { id: 'installer', name: 'i', key: 's3cr3t-of-it', cluster: ['monitor'], indices: [] },
      ],
    };
    await withElasticsearch(options, async (url) => {
      const env = { ES_URL: url, ES_API_KEY: API_KEY, ES_INSTALLER_API_KEY: installer };
      const all = await stage.expectStep(
        'installer privileges',
        {
          state: 'failed',
          detail: /^the installer’s key lacks privileges: cluster: .*manage_ilm/,
          remedy: /in ES_INSTALLER_API_KEY:\nPOST _security\/api_key\n{"name":"tcsync-installer"/,
        },
        env,
      );
      assert.equal(all.get('installer access')?.state, 'ok');
      assert.equal(all.get('privileges')?.state, 'ok');
      assert.equal(all.get('assets')?.state, 'failed');
      assert.ok(!JSON.stringify([...all.values()]).includes(installer));
      const refused = await stage.expectStep(
        'installer access',
        { state: 'failed', detail: /401/, remedy: /Is ES_INSTALLER_API_KEY the encoded form/ },
        { ...env, ES_INSTALLER_API_KEY: 'd3Jvbmc6a2V5' },
      );
      for (const name of ['installer privileges', 'assets'])
        assert.equal(refused.get(name)?.state, 'skipped');
      assert.equal(refused.get('privileges')?.state, 'ok');
    });
  });

  test('reports a namespace of another ThreatConnect before a run is refused', async () => {
    await withElasticsearch({}, async (url) => {
      const put = await fetch(`${url}/tcsync-state-default/_doc/instance`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ tc_url: 'https://other.example/api' }),
      });
      assert.equal(put.status, 201);
      await stage.expectStep(
        'namespace',
        { state: 'failed', detail: /belongs to https:\/\/other\.example\/api, not to / },
        { ES_URL: url },
      );
    });
  });

  test('reports feed-only without Elastic’s package as blocked', async () => {
    await stage.expectStep(
      'assets',
      { state: 'failed', detail: /^1 of 5 assets/, remedy: /install its assets in Kibana/ },
      { ES_ASSETS: 'feed-only' },
    );
  });

  test('writes nothing', async () => {
    await stage.expectStep('assets', { state: 'warning', detail: /do not exist yet/ });
    const { requests } = await stage.sink.get<{ requests: Record<string, number> }>(
      '/_sim/counters',
    );
    assert.equal(requests.bulk ?? 0, 0);
    const documents = await stage.sink.lines('/_sim/documents?target=*');
    assert.deepEqual(documents, []);
  });

  test('still checks ThreatConnect if the configuration of Elasticsearch is missing', async () => {
    const all = await stage.expectStep(
      'configuration',
      { state: 'failed', detail: 'the configuration has 1 fault', remedy: /^ES_URL: missing/ },
      { ES_URL: '' },
    );
    assert.equal(all.get('feed default')?.state, 'ok');
    assert.equal(all.get('Elasticsearch')?.state, 'skipped');
    assert.equal(
      all.get('assets')?.detail,
      'what `tcsync apply` would do, because the settings of Elasticsearch are faulty',
    );
    assert.equal(all.get('Temporal')?.state, 'failed');
  });
});
