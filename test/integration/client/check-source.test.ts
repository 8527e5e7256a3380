import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { after, afterEach, before, describe, test } from 'node:test';
import { startProxy } from '../activities/threatconnect/start-proxy.ts';
import { checkStage, NOBODY, type CheckStage } from './check-stage.ts';

describe('tcsync check of ThreatConnect', () => {
  let stage: CheckStage;
  before(async () => {
    stage = await checkStage();
  });
  afterEach(() => stage.mend());
  after(() => stage.close());

  test('distinguishes an unknown host name from a port without a server', async () => {
    await stage.expectStep(
      'ThreatConnect',
      { state: 'failed', detail: /the name .* is not known/, remedy: /TC_URL.*DNS/ },
      { TC_URL: 'https://tc.invalid' },
    );
    await stage.expectStep(
      'ThreatConnect',
      { state: 'failed', detail: /nothing listens .* 127\.0\.0\.1:1\/?/, remedy: /TC_URL/ },
      { TC_URL: `http://${NOBODY}` },
    );
  });

  test('reports https with a server that has no TLS', async () => {
    await stage.expectStep(
      'ThreatConnect',
      { state: 'failed', detail: /does not speak TLS/, remedy: /http:\/\// },
      { TC_URL: `${stage.env.TC_URL}`.replace('http:', 'https:') },
    );
  });

  test('reports a proxy that is down instead of ThreatConnect, without its password', async () => {
    await stage.expectStep(
      'ThreatConnect',
      { state: 'failed', detail: /^the proxy 127\.0\.0\.1:1 /, remedy: /HTTPS_PROXY/ },
      { TC_URL: 'https://tc.invalid', HTTPS_PROXY: `http://me:secret@${NOBODY}` },
    );
  });

  for (const [tls, answer, scheme, detail, remedy] of [
    [false, 407, 'http', /407 to CONNECT: it wants a user name/, /password in HTTPS_PROXY/],
    [
      false,
      403,
      'http',
      /403 to CONNECT: it does not let through/,
      /let this machine reach ThreatConnect/,
    ],
    [false, 404, 'http', /404 to CONNECT/, /can the proxy reach it.*HTTPS_PROXY/],
    [false, 200, 'https', /wrong version number/i, /^Should HTTPS_PROXY begin with http:/],
    [true, 200, 'https', /self-signed certificate/, /authority .* in TC_CA_FILE.* in HTTPS_PROXY/],
  ] as const) {
    test(`a proxy that answers ${answer} ${tls ? 'by TLS ' : ''}at ${scheme}:// is reported as the proxy's answer, and not as one of ThreatConnect`, async () => {
      const proxy = await startProxy({ answer, tls });
      try {
        const address = `127.0.0.1:${proxy.port}`;
        const all = await stage.expectStep(
          'ThreatConnect',
          { state: 'failed', detail, remedy },
          { TC_URL: 'https://tc.invalid', HTTPS_PROXY: `${scheme}://svc:Hunter2@${address}` },
        );
        const step = all.get('ThreatConnect');
        assert.ok(step);
        assert.ok(step.detail.startsWith(`the proxy ${address} does not connect to ThreatConnect`));
        assert.doesNotMatch(`${step.detail}${step.remedy}`, /secret key|Hunter2|TC_OWNERS/);
        assert.doesNotMatch(step.detail, /\n/);
        assert.equal(all.get('credentials')?.state, 'skipped');
      } finally {
        proxy.stop();
      }
    });
  }

  for (const [what, answer] of [
    ['at once', (socket: Socket) => socket.end()],
    ['at the first bytes', (socket: Socket) => socket.once('data', () => socket.end())],
  ] as const) {
    test(`a server that closes ${what} has no certificate that could be trusted or not`, async () => {
      const server = createServer((socket) => answer(socket.on('error', () => undefined)));
      await once(server.listen(0, '127.0.0.1'), 'listening');
      try {
        const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
        for (const [name, variable] of [
          ['ThreatConnect', 'TC_URL'],
          ['Elasticsearch', 'ES_URL'],
        ] as const) {
          const all = await stage.expectStep(
            name,
            { state: 'failed', detail: /closed the connection before TLS began/ },
            { [variable]: url },
          );
          assert.doesNotMatch(all.get(name)?.remedy ?? '', /_CA_FILE|authority/);
        }
      } finally {
        server.close();
      }
    });
  }

  test('an address with another prefix is reported only with TC_URL', async () => {
    for (const end of ['/API', '/other', '/other/api']) {
      const all = await stage.expectStep(
        'ThreatConnect',
        { state: 'failed', detail: /404/, remedy: /^Correct TC_URL: .*\/api, in lower case/ },
        { TC_URL: `${stage.env.TC_URL}${end}` },
      );
      assert.doesNotMatch(all.get('ThreatConnect')?.remedy ?? '', /TC_TQL/);
    }
  });

  test('a JSON answer that breaks the contract is not reported as a log-in page', async () => {
    const broken = '{"data":[],"next":"https://x.example","count":"x","status":"Success"}';
    await stage.source.post('/_sim/faults', {
      on: 'count',
      fault: { kind: 'status', status: 200, contentType: 'application/json', body: broken },
    });
    await stage.expectStep('queries', {
      state: 'failed',
      detail: /`count` is not a number/,
      remedy: /^This is not what ThreatConnect’s API promises/,
    });
  });

  test('an API without a licence is reported as such, and the keys are not', async () => {
    await stage.source.post('/_sim/faults', { on: 'owners', fault: { kind: 'notLicensed' } });
    const all = await stage.expectStep('credentials', {
      state: 'failed',
      detail: /licensed/,
      remedy: /licensed for this instance/,
    });
    assert.doesNotMatch(all.get('credentials')?.remedy ?? '', /TC_SECRET_KEY/);
  });

  test('names NO_PROXY if a direct connection because of it fails', async () => {
    for (const noProxy of ['127.0.0.0/8', 'other.example, 127.0.0.1:1']) {
      await stage.expectStep(
        'ThreatConnect',
        {
          state: 'failed',
          detail: /nothing listens for ThreatConnect at 127\.0\.0\.1:1/,
          remedy:
            /HTTPS_PROXY is not used for ThreatConnect, because NO_PROXY contains 127\.0\.0\.[01]/,
        },
        { TC_URL: `https://${NOBODY}`, HTTPS_PROXY: 'http://proxy.invalid', NO_PROXY: noProxy },
      );
    }
  });

  test('reports an unknown entry of NO_PROXY if the proxy fails', async () => {
    await stage.expectStep(
      'ThreatConnect',
      { state: 'failed', detail: /^the proxy 127\.0\.0\.1:1 /, remedy: /NO_PROXY .*: 10\.\*\./ },
      { TC_URL: 'https://10.0.0.1', HTTPS_PROXY: `http://${NOBODY}`, NO_PROXY: '10.*,b.example' },
    );
  });

  test('reports a log-in page in place of the API, and skips the steps that need the API', async () => {
    await stage.source.post('/_sim/faults', { on: 'owners', fault: { kind: 'html200' } });
    const all = await stage.expectStep('ThreatConnect', {
      state: 'failed',
      detail: /is not a working ThreatConnect/,
      remedy: /browser/,
    });
    assert.equal(all.get('feed default')?.state, 'skipped');
    assert.match(all.get('fields')?.detail ?? '', /because ThreatConnect does not answer$/);
  });

  test('accepts a wrong clock that can be corrected, and reports one that the server refuses', async () => {
    await stage.source.post('/_sim/clock', { offsetMs: -3_600_000 });
    const all = await stage.expectStep('clock', {
      state: 'warning',
      detail: /clock is 3(600|599|601) s behind this machine’s; signatures .* corrected/,
      remedy: /NTP/,
    });
    assert.equal(all.get('credentials')?.state, 'ok');
    await stage.source.post('/_sim/faults', {
      on: 'owners',
      fault: {
        kind: 'status',
        status: 401,
        body: '{"message":"Timestamp out of acceptable time range","status":"Error"}',
      },
    });
    const refused = await stage.expectStep('clock', { state: 'failed', detail: /refuses/ });
    assert.match(refused.get('credentials')?.detail ?? '', /because ThreatConnect refuses/);
  });

  test('reports a wrong secret with the server’s message and the secret’s length, and nothing else of it', async () => {
    await stage.expectStep(
      'credentials',
      {
        state: 'failed',
        detail: /401 after \d+ ms "Signature data did not match expected result"$/,
        remedy: /TC_SECRET_KEY .*with 5 characters/,
      },
      { TC_SECRET_KEY: 'wrong' },
    );
    await stage.expectStep(
      'credentials',
      { state: 'failed', detail: /401/, remedy: /with 1 character\./ },
      { TC_SECRET_KEY: 'x' },
    );
  });

  test('reports an owner that is not visible with its name and feed', async () => {
    const all = await stage.expectStep(
      'owners',
      { state: 'failed', detail: /feed default: No Such Owner$/, remedy: /It sees: Acme Int/ },
      { TC_OWNERS: 'Acme Feed,No Such Owner' },
    );
    assert.equal(all.get('feed default')?.state, 'skipped');
    assert.equal(all.get('fields')?.state, 'ok');
  });

  test('announces slices of time if `id >` is refused', async () => {
    await stage.source.post('/_sim/faults', {
      on: 'page',
      times: 1,
      fault: { kind: 'status', status: 400 },
    });
    await stage.expectStep('reading by id', {
      state: 'warning',
      detail: /refuses `id >`.*slices of time are read instead$/,
    });
  });

  test('reports a refused field by its name', async () => {
    await stage.source.post('/_sim/faults', {
      on: 'page',
      after: 3, // two pages by id, and the first field
      times: 1,
      fault: { kind: 'status', status: 403 },
    });
    await stage.expectStep(
      'fields',
      { state: 'failed', detail: /^ThreatConnect refuses securityLabels \(/, remedy: /Link/ },
      { TC_FIELDS: 'tags,securityLabels,threatAssess' },
    );
  });

  test('reports a nested field by its name if ThreatConnect silently leaves it out', async () => {
    await stage.expectStep(
      'fields',
      {
        state: 'warning',
        detail: /^ThreatConnect silently leaves out associatedGroups\.nonsense: none of/,
      },
      { TC_FIELDS: 'tags,associatedGroups.nonsense' },
    );
  });

  test('reports a filter that is no TQL with the feed and the server’s message', async () => {
    await stage.expectStep(
      'feed default',
      {
        state: 'failed',
        detail: /feed default selects: GET .*: 400 after \d+ ms "/,
        remedy: /rating >>= 3/,
      },
      { TC_TQL: 'rating >>= 3' },
    );
  });

  test('reports a type that no indicator has and that ThreatConnect does not ship', async () => {
    await stage.expectStep(
      'feed default',
      { state: 'warning', detail: /: Adress \(Address\?\)$/, remedy: /Address, ASN/ },
      { TC_TYPES: 'Adress,Hashtag' },
    );
  });

  test('ends the wait for a server that never answers', async () => {
    await stage.source.post('/_sim/faults', { on: 'owners', fault: { kind: 'hold' } });
    await stage.expectStep(
      'ThreatConnect',
      { state: 'failed', detail: /in time/, remedy: /firewall/ },
      { TC_HTTP_TIMEOUT: '1s' },
    );
  });
});
