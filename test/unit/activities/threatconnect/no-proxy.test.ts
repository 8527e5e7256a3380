import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noProxyEntry, unreadNoProxy } from '../../../../activities/threatconnect/no-proxy.ts';

for (const [noProxy, origin, isDirect] of [
  ['tc.example', 'https://tc.example', true],
  ['TC.Example.', 'https://tc.example', true],
  ['tc.example', 'https://tc.example.', true],
  ['.example', 'https://tc.example', true],
  ['.tc.example', 'https://tc.example', true],
  ['*.tc.example', 'https://tc.example', false],
  ['c.example', 'https://tc.example', false],
  ['tc.example.org', 'https://tc.example', false],
  ['none.example other.example,tc.example', 'https://tc.example', true],
  ['tc.example:443', 'https://tc.example', true],
  ['tc.example:8443', 'https://tc.example', false],
  ['.example:8443', 'https://tc.example:8443', true],
  ['*:8443', 'https://tc.example', false],
  ['*', 'https://[::1]', true],
  ['10.0.0.0/8', 'https://10.200.3.4', true],
  ['10.0.0.0/8', 'https://11.0.0.1', false],
  ['10.0.0.0/8:8443', 'https://10.0.0.1:8443', true],
  ['10.0.0.0/8', 'https://10.example', false],
  ['192.168.1.64/26', 'https://192.168.1.127', true],
  ['192.168.1.64/26', 'https://192.168.1.128', false],
  ['0.0.0.0/0', 'https://203.0.113.7', true],
  ['203.0.113.7', 'https://203.0.113.7', true],
  ['203.0.113.7', 'https://203.0.113.70', false],
  ['3.0.113.7', 'https://203.0.113.7', false],
  ['::1', 'https://[::1]', true],
  ['[::1]', 'https://[0:0:0:0:0:0:0:1]', true],
  ['[::1]:443', 'https://[::1]', true],
  ['[::1]:8443', 'https://[::1]', false],
  ['fd00::/8', 'https://[fd12:3456::1]', true],
  ['[fd00::]/8', 'https://[fd12:3456::1]', true],
  ['fd00::/8', 'https://[fe80::1]', false],
  ['10.0.0.0/33', 'https://10.0.0.1', false],
  ['10.*', 'https://10.0.0.1', false],
  ['', 'https://tc.example', false],
  [' , ', 'https://tc.example', false],
] as const) {
  test(`NO_PROXY="${noProxy}" reaches ${origin} ${isDirect ? 'directly' : 'through the proxy'}`, () => {
    assert.equal(noProxyEntry(origin, noProxy) !== null, isDirect);
  });
}

test('entries that no tool understands are recognised', () => {
  const understood = 'localhost,.svc,*.a.example,*,*:80,10.0.0.0/8,fd00::/8,[::1]:443,host_name:80';
  assert.deepEqual(unreadNoProxy(understood), []);
  assert.deepEqual(unreadNoProxy(`${understood} <local>,10.*,10.0.0.0/33,http://a.example,a/8`), [
    '<local>',
    '10.*',
    '10.0.0.0/33',
    'http://a.example',
    'a/8',
  ]);
});
