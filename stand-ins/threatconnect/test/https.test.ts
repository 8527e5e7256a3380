import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { request } from 'node:https';
import { after, before, describe, test } from 'node:test';
import { startThreatConnect, type RunningThreatConnect } from '../server.ts';
import { startUnderTest } from './threatconnect-under-test.ts';

const CREDENTIALS = { accessId: '1', secretKey: 'a secret' };

describe('over HTTPS', () => {
  const { cert, key } = selfSigned();
  let server: RunningThreatConnect;
  before(async () => {
    server = await startThreatConnect({
      records: 10,
      credentials: CREDENTIALS,
      tls: { cert, key },
    });
  });
  after(() => server.close());

  test('next leads to HTTPS: 1.1 "HTTPS only"', async () => {
    const target = '/api/v3/indicators?resultLimit=1';
    const timestamp = String(Math.floor(Date.now() / 1000));
    const signature = createHmac('sha256', CREDENTIALS.secretKey)
      .update(`${target}:GET:${timestamp}`)
      .digest('base64');
    const headers = { Timestamp: timestamp, Authorization: `TC 1:${signature}` };
    const text = await new Promise<string>((resolve, reject) => {
      const { port } = server;
      request({ host: '127.0.0.1', port, path: target, headers, ca: cert }, (response) => {
        const pieces: Buffer[] = [];
        response.on('data', (piece: Buffer) => pieces.push(piece));
        response.on('end', () => resolve(Buffer.concat(pieces).toString()));
      })
        .on('error', reject)
        .end();
    });
    assert.ok(server.url.startsWith('https://127.0.0.1:'));
    assert.ok(text.startsWith(`{"next":"${server.url}/api/v3/indicators?`), text);
  });
});

test('without a base path the signed path has none: 1.1 "no /api prefix, so the signed path had none either"', async () => {
  const server = await startUnderTest({ records: 10, basePath: '' });
  try {
    const { status, rows, body } = await server.ask('/v3/indicators?resultLimit=2');
    assert.equal(status, 200);
    assert.equal(rows.length, 2);
    assert.ok(String(body['next']).startsWith(`${server.url}/v3/indicators?`));
    assert.equal((await server.ask('/api/v3/indicators')).status, 404);
  } finally {
    await server.close();
  }
});

/** A certificate of 127.0.0.1, signed by its own key; made anew, so that none expires in the repository. */
function selfSigned(): { cert: string; key: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const der = (tag: number, ...parts: Buffer[]): Buffer => {
    const body = Buffer.concat(parts);
    const length =
      body.length < 128
        ? Buffer.from([body.length])
        : Buffer.from([0x82, body.length >> 8, body.length & 0xff]);
    return Buffer.concat([Buffer.from([tag]), length, body]);
  };
  const hex = (text: string): Buffer => Buffer.from(text, 'hex');
  const algorithm = der(0x30, hex('06082a8648ce3d040302')); // ecdsa-with-SHA256
  const commonName = der(0x30, hex('0603550403'), der(0x0c, Buffer.from('127.0.0.1')));
  const name = der(0x30, der(0x31, commonName));
  const time = (text: string): Buffer => der(0x17, Buffer.from(text));
  const address = der(0x30, hex('87047f000001'));
  const alternative = der(0x30, hex('0603551d11'), der(0x04, address));
  const body = der(
    0x30,
    hex('a003020102'), // version 3
    hex('020101'), // serial number
    algorithm,
    name,
    der(0x30, time('200101000000Z'), time('491231235959Z')),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, der(0x30, alternative)),
  );
  const signature = der(0x03, Buffer.from([0]), sign('sha256', body, privateKey));
  const pem = der(0x30, body, algorithm, signature).toString('base64').replace(/.{64}/g, '$&\n');
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${pem}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}
