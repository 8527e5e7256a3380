import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { SECRET, until } from '../../stage.ts';
import { TCSYNC, tcsync } from '../../tcsync.ts';
import { API_KEY, checkStage, withElasticsearch, type CheckStage } from './check-stage.ts';

describe('tcsync check', () => {
  let stage: CheckStage;
  before(async () => {
    stage = await checkStage();
  });
  afterEach(() => stage.mend());
  after(() => stage.close());

  test('reports six faults at the same time, each with what to do', async () => {
    await withElasticsearch(
      { version: '8.17.4', credentials: { apiKey: API_KEY } },
      async (esUrl, control) => {
        await stage.source.post('/_sim/clock', { offsetMs: 90_000 });
        await control.post('/_sim/faults', {
          on: 'security',
          times: null,
          fault: {
            kind: 'status',
            status: 200,
            body: {
              username: 'tcsync',
              has_all_requested: false,
              cluster: { monitor: true, manage_ilm: false, manage_transform: false },
              index: { 'tcsync-state-default': { read: true, index: false } },
              application: {},
            },
          },
        });
        const { code, stdout, stderr } = await tcsync(['check'], {
          ...stage.env,
          TC_PAGESIZE: '500',
          TC_SECRET_KEY: 'mangled-by-a-shell',
          ES_URL: esUrl,
          ES_API_KEY: API_KEY,
        });
        assert.equal(stderr, '');
        assert.equal(code, 2);
        const text = stdout
          .replaceAll(/\(\d+ ms\)/g, '(N ms)')
          .replaceAll(/after \d+ ms/g, 'after N ms')
          .replaceAll(new URL(esUrl).host, 'ES')
          .replaceAll(new URL(`${stage.env.TC_URL}`).host, 'TC')
          .replaceAll(/clock is (89|90) s/g, 'clock is 90 s');
        assert.equal(text, SIX_WRONG);
      },
    );
  });

  test('a fault in the file of Temporal’s profiles is one of the configuration', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'tcsync-temporal-'));
    const file = path.join(folder, 'temporal.toml');
    writeFileSync(file, '[profile.default]\naddress = "http://127.0.0.1:7233"\n');
    try {
      const { code, stdout } = await tcsync(['check'], {
        ...stage.env,
        TEMPORAL_ADDRESS: '',
        TEMPORAL_CONFIG_FILE: file,
      });
      assert.equal(code, 2);
      assert.ok(
        stdout.includes(`${file}: profile.default: address has a scheme, but host:port has none`),
      );
      assert.match(stdout, /^skipped .*Temporal.* because the settings of Temporal are faulty$/m);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('prints no secret', async () => {
    const changes = {
      TC_SECRET_KEY: SECRET,
      ES_API_KEY: API_KEY,
      HTTPS_PROXY: 'http://me:pr0xy-pass@127.0.0.1:1',
      TEMPORAL_API_KEY: 't3mporal-key',
    };
    for (const more of [{}, { TC_SECRET_KEY: 'wr0ng-secret' }, { TC_URL: 'https://127.0.0.1:9' }]) {
      for (const options of [[], ['--json']]) {
        const { stdout, stderr } = await tcsync(['check', ...options], {
          ...stage.env,
          ...changes,
          ...more,
        });
        for (const secret of [SECRET.trim(), 'wr0ng', API_KEY, 's3cr3t', 'pr0xy', 't3mporal']) {
          assert.ok(!`${stdout}${stderr}`.includes(secret), `${secret} in ${stdout}`);
        }
      }
    }
  });

  test('ends at once on Ctrl-C during any wait', async () => {
    await stage.source.post('/_sim/faults', { on: 'owners', fault: { kind: 'hold' } });
    const child = spawn(process.execPath, [TCSYNC, 'check'], { cwd: tmpdir(), env: stage.env });
    const exit = once(child, 'exit');
    await until('it waits for ThreatConnect', async () => {
      const { held } = await stage.source.get<{ held: number }>('/_sim/faults');
      return held === 1;
    });
    child.kill('SIGINT');
    assert.deepEqual(await exit, [null, 'SIGINT']);
  });
});

const STREAMS = 'logs-ti_threatconnect.indicator-';
const LATEST = 'logs-ti_threatconnect_latest.';

const KEY = {
  name: 'tcsync',
  role_descriptors: {
    tcsync: {
      cluster: [
        'manage_ilm',
        'manage_index_templates',
        'manage_ingest_pipelines',
        'manage_transform',
        'monitor',
      ],
      indices: [
        {
          names: ['tcsync-state-default'],
          privileges: ['create_index', 'delete', 'index', 'read', 'view_index_metadata'],
        },
        { names: [`${STREAMS}*`], privileges: ['index', 'manage', 'read', 'view_index_metadata'] },
        {
          names: [`${LATEST}dest_indicator-*`, `${LATEST}indicator`],
          privileges: ['delete', 'index', 'manage', 'read'],
        },
        {
          names: [`${STREAMS}default`],
          privileges: ['auto_configure', 'create_doc', 'read', 'view_index_metadata'],
        },
        {
          names: ['logs-tcsync.reject-default'],
          privileges: ['auto_configure', 'index', 'read'],
        },
        { names: [`${LATEST}indicator`], privileges: ['read', 'view_index_metadata'] },
      ],
    },
  },
};

const SIX_WRONG = `\
failed   the configuration has 1 fault
         TC_PAGESIZE: is unknown (did you mean TC_PAGE_SIZE?); expected a variable of docs/settings.md; example: TC_PAGE_SIZE=…
ok       ThreatConnect answers at http://TC/api (N ms)
warning  ThreatConnect’s clock is 90 s ahead of this machine’s; signatures and windows are corrected by that
         Let both machines set their clocks by NTP (timedatectl set-ntp true).
failed   ThreatConnect does not accept the credentials: GET /api/v3/security/owners: 401 after N ms "Signature data did not match expected result"
         Compare TC_SECRET_KEY with the instance, character by character: a shell, YAML or .env file changes $, %, #, quotes and backslashes. It arrived here with 18 characters. TC_SECRET_KEY_FILE names a file that is read unchanged.
         Compare TC_ACCESS_ID: is it of the same API user, and of this instance?
         Is a proxy in between that rewrites the query?
         The Authorization header does arrive: made-up credentials of another kind get another answer.
skipped  which owners the API user sees, because ThreatConnect does not accept the credentials
skipped  whether queries arrive as they are sent, because ThreatConnect does not accept the credentials
skipped  whether pages can be read by id, because ThreatConnect does not accept the credentials
skipped  whether the optional fields may be read, because ThreatConnect does not accept the credentials
skipped  what feed default selects, because ThreatConnect does not accept the credentials
ok       Elasticsearch answers at http://ES (N ms)
ok       Elasticsearch accepts the API key
warning  Elasticsearch 8.17.4 lets a document that arrives late replace a newer one in the latest index (elasticsearch#142856)
         Upgrade to 8.19, 9.2.7, 9.3.2 or later. Until then an indicator that changes twice within minutes may be shown as it was before.
failed   the credentials lack privileges: cluster: manage_ilm, manage_transform; index tcsync-state-default: index
         Have an administrator make a key in Kibana’s console, and set its \`encoded\` in ES_API_KEY:
         POST _security/api_key
         ${JSON.stringify(KEY)}
warning  14 of 24 assets do not exist yet
         \`npx tcsync apply\` creates index template tcsync-state, index template tcsync-reject, index template tcsync-run, index tcsync-state-default and 10 more.
ok       namespace default belongs to no ThreatConnect yet; the first run binds it
failed   nothing listens for Temporal at 127.0.0.1:1: connect ECONNREFUSED 127.0.0.1:1
         Start it, or correct the host and port in TEMPORAL_ADDRESS.
skipped  whether Temporal has the namespace, because Temporal does not answer
skipped  whether a worker polls, because Temporal does not answer
skipped  whether the workers have these settings, because Temporal does not answer
skipped  the Schedule of feed default, because Temporal does not answer
`;
