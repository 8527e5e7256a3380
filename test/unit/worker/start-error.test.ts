import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StartError, toListenError, toTemporalStartError } from '../../../worker/start-error.ts';

const temporal = { connectionOptions: { address: 'temporal:7233' }, namespace: 'prod' };

function transport(message: string): Error {
  return Object.assign(new Error(message), { name: 'TransportError' });
}

for (const [message, said] of [
  [
    'tonic::transport::Error(Transport, ConnectError(ConnectError("tcp connect error", 127.0.0.1:1, Os { code: 111, kind: ConnectionRefused, message: "Connection refused" })))',
    'tcp connect error: Connection refused',
  ],
  [
    'tonic::transport::Error(Transport, ConnectError(ConnectError("dns error", Custom { kind: Uncategorized, error: "failed to lookup address information: Name or service not known" })))',
    'dns error: failed to lookup address information: Name or service not known',
  ],
  [
    'tonic::transport::Error(Transport, ConnectError(Custom { kind: InvalidData, error: InvalidMessage(InvalidContentType) }))',
    'InvalidContentType',
  ],
  [
    'Namespace prod was not found or otherwise could not be described: Status { code: PermissionDenied, message: "Request unauthorized.", details: b"\\x08\\x07 and more", source: None }',
    'Request unauthorized.',
  ],
] as const) {
  test(`a worker that cannot reach Temporal says "${said}", without errors of Rust`, () => {
    const error = toTemporalStartError(transport(message), temporal);
    assert.ok(error instanceof StartError);
    assert.equal(error.exitCode, 1);
    assert.equal(
      error.message,
      `cannot reach Temporal at temporal:7233 (TEMPORAL_ADDRESS): ${said}; is it up, and does it require TLS (TEMPORAL_TLS) or credentials (TEMPORAL_API_KEY)?`,
    );
  });
}

test('a namespace that Temporal does not have is named with the command that creates it', () => {
  const message =
    'Namespace prod was not found or otherwise could not be described: Status { code: NotFound, message: "Namespace prod is not found." }';
  const error = toTemporalStartError(transport(message), temporal);
  assert.match(
    (error as Error).message,
    /^Temporal at temporal:7233 has no namespace prod: .*namespace create --namespace prod --address temporal:7233`$/,
  );
});

for (const [message, sentence] of [
  ['listen EADDRINUSE: address already in use', /^port 80 is taken by another program: set X_PORT/],
  ['Failed to start: Address already in use (os error 98)', /^port 80 is taken/],
  ['listen EACCES: permission denied 0.0.0.0:80', /^this user may not open port 80: set X_PORT/],
  [
    'listen EADDRNOTAVAIL: address not available',
    /no address 10\.9\.8\.7: .*TCSYNC_LISTEN_ADDRESS/,
  ],
  ['Cannot assign requested address (os error 99)', /no address 10\.9\.8\.7/],
] as const) {
  test(`a worker that cannot listen (${message}) names the variable, and ends with 2`, () => {
    const at = { variable: 'X_PORT', host: '10.9.8.7', port: 80 };
    const error = toListenError(new Error(message), at);
    assert.ok(error instanceof StartError);
    assert.match(error.message, sentence);
    assert.equal(error.exitCode, 2);
  });
}

test('an error that concerns neither Temporal nor a port stays as it is', () => {
  const bug = new TypeError('x');
  assert.equal(toTemporalStartError(bug, temporal), bug);
  assert.equal(toListenError(bug, { variable: 'X', host: 'h', port: 1 }), bug);
});
