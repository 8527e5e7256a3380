import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import type { Step } from '../../../client/check/step.ts';
import { SECRET } from '../../stage.ts';
import { API_KEY, checkStage, withElasticsearch, type CheckStage } from './check-stage.ts';
import { behindProxy, type Spoiling } from './spoiling-proxy.ts';

describe('a proxy that changes requests or answers is reported with the evidence', () => {
  let stage: CheckStage;
  before(async () => {
    stage = await checkStage();
  });
  afterEach(() => stage.mend());
  after(() => stage.close());

  async function expect(
    spoiling: Spoiling,
    name: string,
    expected: { state: Step['state']; detail: RegExp; remedy?: RegExp },
    changes: NodeJS.ProcessEnv = {},
  ): Promise<ReadonlyMap<string, Step>> {
    let steps: ReadonlyMap<string, Step> = new Map();
    await behindProxy(stage.env.TC_URL ?? '', spoiling, async (url) => {
      steps = await stage.expectStep(name, expected, { TC_URL: url, ...changes });
    });
    return steps;
  }

  for (const [what, spoil] of [
    ['dropped', (headers: Record<string, unknown>) => delete headers.timestamp],
    ['changed', (headers: Record<string, unknown>) => (headers.timestamp = 'now')],
  ] as const) {
    test(`a Timestamp header that is ${what} is not reported as a wrong clock`, async () => {
      const steps = await expect({ request: ({ headers }) => spoil(headers) }, 'clock', {
        state: 'failed',
        detail: /although .* 0 s .*"Invalid timestamp"$/,
        remedy: /^It saw no number in the Timestamp header, which was sent: a proxy/,
      });
      assert.doesNotMatch(steps.get('clock')?.remedy ?? '', /NTP/);
    });
  }

  test('a proxy’s own Date does not make the check report a refusal as a wrong clock', async () => {
    await stage.source.post('/_sim/clock', { offsetMs: 3_600_000 });
    await expect({ response: (headers) => (headers.date = new Date().toUTCString()) }, 'clock', {
      state: 'failed',
      detail: /out of acceptable/,
      remedy: /a Date of its own.*Compare/,
    });
  });

  for (const [what, spoil] of [
    ['of ten minutes ago', () => new Date(Date.now() - 600_000).toUTCString()],
    ['of yesterday', () => new Date(Date.now() - 86_400_000).toUTCString()],
    ['of tomorrow', () => new Date(Date.now() + 86_400_000).toUTCString()],
  ] as const) {
    test(`a Date ${what} from a proxy is not trusted after a request was accepted`, async () => {
      const steps = await expect({ response: (headers) => (headers.date = spoil()) }, 'clock', {
        state: 'warning',
        detail:
          /Date that is not believed, as it is \d+ s from the time of a request that .* accepted$/,
        remedy: /^A proxy in between .*Date/,
      });
      for (const name of ['credentials', 'queries', 'owners', 'feed default']) {
        assert.equal(steps.get(name)?.state, 'ok', name);
      }
    });
  }

  test('a later refusal of the time is not reported as a rewritten query', async () => {
    let asked = 0;
    const refused = {
      status: 401,
      headers: { 'content-type': 'application/json' },
      body: '{"message":"Timestamp out of acceptable time range","status":"Error"}',
    };
    await expect({ answer: () => ((asked += 1) === 1 ? null : refused) }, 'queries', {
      state: 'failed',
      detail: /refuses the time of the request/,
      remedy: /Date of its own/,
    });
  });

  const PAGE = '<html>blocked by WAF</html>';
  test('a firewall’s page for queries alone blames nothing that was seen to be right', async () => {
    const steps = await expect(
      { answer: (path) => (path.includes('tql') ? { status: 403, body: PAGE } : null) },
      'queries',
      {
        state: 'failed',
        detail: /accepted a moment ago, but a query .* 403 .* with a proxy's page$/,
        remedy: /not in the form of ThreatConnect’s API: a firewall, a proxy/,
      },
    );
    const { detail, remedy } = steps.get('queries') ?? {};
    assert.doesNotMatch(`${detail}${remedy}`, /TC_OWNERS|plain http|Authorization/);
  });

  for (const [status, headers, body, detail, remedy] of [
    [407, { 'proxy-authenticate': 'Basic' }, PAGE, /407 .*: that is a proxy/, /HTTPS_PROXY/],
    [
      302,
      { location: 'https://sso.example/x' },
      '',
      /redirect to https:\/\/sso\./,
      /^Correct TC_URL/,
    ],
    [
      401,
      {},
      '<html>log in</html>',
      /401 .* with a log-in page$/,
      /^The answer is not in the form/,
    ],
    [403, {}, PAGE, /403 .* with a proxy's page$/, /^The answer is not in the form/],
    [404, {}, '', /404/, /^Correct TC_URL/],
    [410, {}, '{"message":"gone","status":"Error"}', /410/, /^Correct TC_URL/],
  ] as const) {
    test(`a ${status} to the first request does not doubt settings that it does not hold`, async () => {
      const own = { status, headers: { ...headers }, body };
      const steps = await expect({ answer: () => own }, 'ThreatConnect', {
        state: 'failed',
        detail,
        remedy,
      });
      const step = steps.get('ThreatConnect');
      assert.doesNotMatch(
        `${step?.detail}${step?.remedy}`,
        /TC_TQL|TC_FIELDS|TC_OWNERS|secret key/,
      );
    });
  }

  test('a clock that a 429 hides is no header that a proxy drops', async () => {
    await expect({ answer: () => ({ status: 429, body: '<html>slow</html>' }) }, 'clock', {
      state: 'warning',
      detail: /as its status is 429$/,
      remedy: /^The first answer that is not a refusal shows it/,
    });
  });

  test('a dropped Content-Type is not reported as a missing Date', async () => {
    const steps = await expect({ response: (headers) => delete headers['content-type'] }, 'clock', {
      state: 'warning',
      detail: /has a Date that is not believed, as it has no Content-Type$/,
    });
    assert.equal(steps.get('credentials')?.state, 'ok');
  });

  test('a dropped Date is reported as dropped', async () => {
    await expect({ response: (headers) => delete headers.date }, 'clock', {
      state: 'warning',
      detail: /answer has no Date header$/,
    });
  });

  test('a dropped Authorization header is found by the answer to other credentials', async () => {
    const steps = await expect(
      { request: ({ headers }) => delete headers.authorization },
      'credentials',
      {
        state: 'failed',
        detail: /403 .*"Access Denied"$/,
        remedy:
          /^It gives the same answer to made-up credentials .* drops or changes the Authorization header/,
      },
    );
    assert.doesNotMatch(steps.get('credentials')?.remedy ?? '', /TC_SECRET_KEY/);
    assert.doesNotMatch(steps.get('clock')?.remedy ?? '', /proxy/);
    assert.match(
      steps.get('clock')?.detail ?? '',
      /Date that is not believed, as its status is 403/,
    );
  });

  test('if the header arrives, no proxy is reported', async () => {
    await stage.expectStep(
      'credentials',
      { state: 'failed', detail: /401/, remedy: /The Authorization header does arrive/ },
      { TC_SECRET_KEY: 'wrong' },
    );
  });

  for (const [what, spoil] of [
    ['writes + for a blank', (path: string) => path.replaceAll('%20', '+')],
    ['decodes what it can', (path: string) => path.replaceAll('%28', '(').replaceAll('%29', ')')],
    ['writes %2f for %2F', (path: string) => path.replaceAll('%2F', '%2f')],
  ] as const) {
    test(`a proxy that ${what} is reported as breaking signatures, and the credentials are not`, async () => {
      const steps = await expect(
        { request: (asked) => (asked.path = spoil(asked.path)) },
        'queries',
        {
          state: 'failed',
          detail: /accepted the credentials a moment ago/,
          remedy: /rewrites the query.*TC_API_TOKEN/,
        },
      );
      assert.equal(steps.get('credentials')?.state, 'ok');
      for (const name of ['reading by id', 'fields', 'feed default']) {
        assert.equal(steps.get(name)?.state, 'skipped', name);
      }
    });
  }

  test('a proxy that drops the filter is found even with a token, which signs nothing', async () => {
    await stage.source.post('/_sim/credentials', { apiToken: 'APIV2:1:token' });
    const token = { TC_ACCESS_ID: '', TC_SECRET_KEY: '', TC_API_TOKEN: 'APIV2:1:token' };
    await expect(
      { request: (asked) => (asked.path = asked.path.replace(/tql=[^&]*&/, '')) },
      'queries',
      { state: 'failed', detail: /counts \d+ indicators for a filter that none/ },
      token,
    );
    await expect({}, 'queries', { state: 'ok', detail: /./ }, token);
  });

  test('a proxy that drops the body with a long filter is reported with the feed', async () => {
    await stage.source.post('/_sim/switches', { getBody: 'drop' });
    await stage.expectStep(
      'feed default',
      { state: 'failed', detail: /the body of the request does not arrive, a proxy drops it/ },
      { TC_TQL: `id > 0 OR ${'rating >= 3 OR '.repeat(200)}id > 1` },
    );
    await stage.source.post('/_sim/switches', { getBody: 'read' });
  });

  for (const [before, behind, found] of [
    ['\uFEFF', '\r\n', /U\+FEFF, a byte order mark, as its first character: remove it from TC_/],
    ['', '\n\n', /U\+000A, a line break, as its last character/],
    ['', '\u200B', /U\+200B, a blank without width, as its last character/],
    ['', '\u00A0', /U\+00A0 as its last character/],
    [' ', '', /with a blank at its beginning or end/],
    ['a\nb', '', /U\+000A, a line break, as its 2nd character/],
    ['"', '"', /including quotes around it: remove them from TC_SECRET_KEY/],
  ] as const) {
    test(`invisible characters in a secret's file are reported, and no other part of it: ${JSON.stringify(before + behind)}`, async () => {
      const folder = mkdtempSync(path.join(tmpdir(), 'tcsync-check-'));
      const file = path.join(folder, 'secret');
      writeFileSync(file, `${before}${SECRET.trim()}${behind}`);
      try {
        const changes = { TC_SECRET_KEY: '', TC_SECRET_KEY_FILE: file };
        const expected = { state: 'failed', detail: /401/, remedy: found } as const;
        const steps = await stage.expectStep('credentials', expected, changes);
        assert.ok(!steps.get('credentials')?.remedy?.includes(SECRET.trim()));
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  }

  test('a field is checked with many records, not with one that does not have it by chance', async () => {
    await stage.source.post('/_sim/faults', {
      on: 'page',
      after: 2, // two pages by id
      times: 1,
      fault: {
        kind: 'status',
        status: 200,
        contentType: 'application/json',
        body: '{"data":[{"id":1,"type":"Host","summary":"a.example"}],"status":"Success"}',
      },
    });
    await stage.expectStep(
      'fields',
      { state: 'ok', detail: /may be read$/ },
      { TC_FIELDS: 'tags' },
    );
  });

  test('in front of Elasticsearch: each dropped header is reported', async () => {
    const options = { credentials: { apiKey: API_KEY } };
    await withElasticsearch(options, async (url) => {
      for (const [spoiling, name, found] of [
        [
          { request: ({ headers }) => delete headers.authorization },
          'Elasticsearch access',
          /received no credentials, although they were sent$/,
        ],
        [
          { response: (headers) => delete headers['content-type'] },
          'Elasticsearch',
          /no version; it has no Content-Type: does a proxy drop it\?$/,
        ],
        [
          { response: (headers) => (headers['content-type'] = 'text/plain') },
          'Elasticsearch',
          /no version; its Content-Type is text\/plain, although it is JSON: does a proxy change that\?$/,
        ],
        [
          { answer: () => ({ status: 401, body: '<html>log in</html>' }) },
          'Elasticsearch',
          /^the server at .* is not Elasticsearch: .* 401 .*: a proxy or a log-in page before it/,
        ],
        [
          { answer: () => ({ status: 302, headers: { location: 'https://sso.example/?s=1' } }) },
          'Elasticsearch',
          /302: a redirect to https:\/\/sso\.example is not followed; is ES_URL/,
        ],
        [
          { response: (headers) => delete headers['x-elastic-product'] },
          'Elasticsearch',
          /or a proxy drops its X-Elastic-Product header$/,
        ],
      ] as const satisfies readonly (readonly [Spoiling, string, RegExp])[]) {
        await behindProxy(url, spoiling, async (proxied) => {
          const changes = { ES_URL: proxied, ES_API_KEY: API_KEY };
          await stage.expectStep(name, { state: 'failed', detail: found }, changes);
        });
      }
    });
  });
});
