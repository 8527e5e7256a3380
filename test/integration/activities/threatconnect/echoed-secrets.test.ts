import assert from 'node:assert/strict';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, test } from 'node:test';
import { toFailure } from '../../../../activities/attempt/failure.ts';
import { ThreatConnect } from '../../../../activities/threatconnect/threatconnect.ts';
import type { Credentials } from '../../../../activities/threatconnect/signature.ts';
import { createRedactor } from '../../../../worker/redactor.ts';
import { errorOf, withSource } from './tiny-source.ts';

const SECRETS = [
  's3cr3t$%Key/+=&with^odd!chars"\\',
  "a 'quoted' <b>&amp;</b> secret ",
  'p%20lain:with:colons',
] as const;

type Echo = (response: ServerResponse, text: string) => unknown;

/** The parts of an answer in which a server may repeat a secret. */
const ECHOES: readonly (readonly [where: string, Echo])[] = [
  ...[200, 400, 401, 403, 404, 429, 500, 503].map(
    (status) =>
      [
        `the message of a ${status}`,
        (response: ServerResponse, text: string) =>
          response.writeHead(status).end(JSON.stringify({ message: text, status: 'Error' })),
      ] as const,
  ),
  ['the status of an envelope', (response, text) => response.end(JSON.stringify({ status: text }))],
  ['a page', (response, text) => response.end(`<html>${text}</html>`)],
  ['a page of a 502', (response, text) => response.writeHead(502).end(`<html>${text}</html>`)],
  [
    'a redirect',
    (response, text) =>
      response.writeHead(302, { location: `https://x.example/?${encodeURIComponent(text)}` }).end(),
  ],
  ['a body that is no JSON', (response, text) => response.end(`{"data":${text}`)],
  [
    'a name of an owner',
    (response, text) =>
      response.end(JSON.stringify({ status: 'Success', data: [{ id: text, name: 5 }] })),
  ],
];

function spellings(secret: string, { authorization = '' }: IncomingMessage['headers']): string[] {
  return [
    secret,
    encodeURIComponent(secret),
    encodeURIComponent(secret).replace(/%../g, (escape) => escape.toLowerCase()),
    Buffer.from(secret).toString('base64'),
    JSON.stringify(secret).slice(1, -1),
    authorization,
    authorization.replace(/^\S+ /, ''),
  ];
}

for (const secret of SECRETS) {
  const reveal = (): string => secret;
  for (const credentials of [
    { scheme: 'hmac', accessId: '12345678901234567890', secretKey: { reveal } },
    { scheme: 'token', token: { reveal } },
  ] satisfies readonly Credentials[]) {
    describe(`the secret ${JSON.stringify(secret)} (${credentials.scheme}) is in no failure when a server repeats it in`, () => {
      for (const [where, echo] of ECHOES) {
        test(where, async () => {
          let repeated: string[] = [];
          await withSource(
            (response, { headers }) => {
              repeated = spellings(secret, headers);
              echo(response, repeated.join(' | '));
            },
            async (_http, _asked, url) => {
              const source = new ThreatConnect({
                url: `${url}/api`,
                credentials,
                httpTimeoutMs: 10_000,
                requestsPerSecond: 1_000,
                maxBodyBytes: 1_000_000,
                ca: null,
                proxy: null,
              });
              const error = await errorOf(source.owners(new AbortController().signal));
              await source.close();
              const { message } = toFailure(error, 1, createRedactor([secret]));
              assert.match(message, /^GET \/api\/v3\/security\/owners: /);
              const [, , , , , header = '', value = ''] = repeated;
              for (const spelling of repeated.slice(0, 5)) {
                assert.ok(!message.includes(spelling), `${spelling} in ${message}`);
              }
              // a signature is not searched for there: it is valid for five minutes and this one request only
              if (where !== 'the message of a 200' || credentials.scheme === 'token') {
                assert.ok(!message.includes(header) && !message.includes(value), message);
              }
            },
          );
        });
      }
    });
  }
}
