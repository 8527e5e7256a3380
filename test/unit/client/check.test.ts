import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toExitCode } from '../../../client/check.ts';
import { Checklist } from '../../../client/check/checklist.ts';
import { noConnection, type Peer } from '../../../client/check/connection.ts';
import { failed, listed, ok, stepText, type Step } from '../../../client/check/step.ts';

const PEER: Peer = {
  name: 'ThreatConnect',
  address: 'tc.example:443',
  setting: 'TC_URL',
  certificate: 'TC_CA_FILE',
  proxy: null,
  noProxy: null,
};

function step(name: string, state: Step['state']): Step {
  return { name, state, detail: `${name} is ${state}`, remedy: null };
}

test('a step is one line, and below it a line for each thing to do', () => {
  assert.equal(stepText(step('the clock', 'ok')), 'ok       the clock is ok\n');
  assert.equal(
    stepText({ name: 'x', ...failed('it is wrong', 'Do this.\nThen that.') }),
    'failed   it is wrong\n         Do this.\n         Then that.\n',
  );
});

test('a long list is cut, and the line says by how much', () => {
  assert.equal(listed(['a', 'b'], 2), 'a, b');
  assert.equal(listed(['a', 'b', 'c', 'd'], 2), 'a, b and 2 more');
});

for (const [states, code] of [
  [['ok', 'ok'], 0],
  [['ok', 'warning'], 3],
  [['warning', 'failed'], 1],
  [['failed', 'skipped'], 1],
] as const) {
  test(`${states.join(' and ')} end with ${code}`, () => {
    assert.equal(toExitCode(states.map((state) => step('a step', state))), code);
  });
}

test('a faulty configuration ends with 2, even if other steps fail', () => {
  assert.equal(toExitCode([step('configuration', 'failed'), step('clock', 'failed')]), 2);
});

test('a skipped step names the first failed step of those that it needs', async () => {
  const list = new Checklist(() => undefined);
  const head = (name: string, needs: string[]) => ({
    name,
    subject: `the ${name}`,
    trouble: `the ${name} is broken`,
    needs,
  });
  await list.take(head('wall', []), async () => failed('no wall', 'Build one.'));
  await list.take(head('roof', ['wall']), async () => ok('never asked'));
  await list.take(head('flag', ['roof']), async () => ok('never asked'));
  await list.take(head('lawn', []), async () => ok('green'));
  assert.deepEqual(
    list.steps.map(({ state, detail }) => `${state} ${detail}`),
    [
      'failed no wall',
      'skipped the roof, because the wall is broken',
      'skipped the flag, because the wall is broken',
      'ok green',
    ],
  );
});

test('an unexpected error fails its step, and the other steps continue', async () => {
  const list = new Checklist(() => undefined);
  const head = { name: 'a', subject: 'the answer', trouble: '', needs: [] };
  await list.take(head, async () => {
    throw new RangeError('too far');
  });
  assert.equal(list.steps[0]?.detail, 'the answer: RangeError: too far');
  assert.match(list.steps[0]?.remedy ?? '', /report it/);
});

for (const [message, detail] of [
  ['ENOTFOUND: getaddrinfo ENOTFOUND tc.example', /^the name of ThreatConnect/],
  ['getaddrinfo EAI_AGAIN tc.example', /^the name of ThreatConnect/],
  ['ECONNREFUSED: connect ECONNREFUSED 10.0.0.1:443', /^nothing listens/],
  ['UND_ERR_CONNECT_TIMEOUT: Connect Timeout Error', /in time/],
  ['DEPTH_ZERO_SELF_SIGNED_CERT: self-signed certificate', /not trusted/],
  ['ERR_TLS_CERT_ALTNAME_INVALID: Hostname/IP does not match certificate', /not trusted/],
  ['CERT_HAS_EXPIRED: certificate has expired', /not trusted/],
  ['ERR_SSL_WRONG_VERSION_NUMBER: wrong version number', /does not speak TLS/],
  ['ECONNRESET: read ECONNRESET', /was lost/],
  [
    'ECONNRESET: Client network socket disconnected before secure TLS connection was established',
    /before TLS began/,
  ],
  [
    'EPROTO: write EPROTO C0:error:0A000410:SSL routines::ssl/tls alert handshake failure',
    /speaks TLS, but refuses/,
  ],
  [
    'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: tlsv13 alert certificate required',
    /speaks TLS, but/,
  ],
  [
    'EPROTO: write EPROTO C0:error:0A00010B:SSL routines::wrong version number',
    /does not speak TLS/,
  ],
  ['ERR_SSL_UNEXPECTED_EOF_WHILE_READING: unexpected eof while reading', /^TLS with .* fails/],
  ['something new', /cannot be reached: something new/],
] as const) {
  test(`a connection that ends with "${message}" has its own explanation`, () => {
    const outcome = noConnection(PEER, message);
    assert.equal(outcome.state, 'failed');
    assert.match(outcome.detail, detail);
    assert.ok(outcome.detail.includes(message));
    assert.match(outcome.remedy ?? '', /TC_URL/);
    // the same of the proxy before it
    const ofProxy = noConnection({ ...PEER, proxy: 'proxy.example:3128' }, message);
    assert.match(
      ofProxy.detail,
      /^the proxy proxy\.example:3128 does not connect to ThreatConnect/,
    );
    assert.match(ofProxy.remedy ?? '', /HTTPS_PROXY/);
  });
}

test('a host that is called like a reason is none', () => {
  const peer = { ...PEER, address: 'tls-certificate.example:443' };
  const message = 'no connection to https://tls-certificate.example (ECONNREFUSED: 10.0.0.1:443)';
  assert.match(noConnection(peer, message).detail, /^nothing listens/);
});
