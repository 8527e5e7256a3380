import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as errors from '../../../contracts/errors.ts';
import { toFailure } from '../../../activities/attempt/failure.ts';
import { requestTarget } from '../../../activities/threatconnect/request-target.ts';
import { createRedactor } from '../../../worker/redactor.ts';

const SECRET = 's3cr3t$%Key/+=&with^odd!chars"\\(\'é🦊 ';

const FORMS: readonly string[] = [
  SECRET,
  Buffer.from(SECRET).toString('base64'),
  Buffer.from(SECRET).toString('base64').replaceAll('=', ''),
  Buffer.from(SECRET).toString('base64url'),
  encodeURIComponent(SECRET),
  new URLSearchParams([['', SECRET]]).toString().slice(1),
  requestTarget('', [['', SECRET]]).slice(2),
  encodeURIComponent(SECRET).replace(/%../g, (escape) => escape.toLowerCase()),
  JSON.stringify(SECRET).slice(1, -1),
];

describe('no failure shows a secret, in any spelling:', () => {
  const redact = createRedactor([SECRET]);
  for (const Class of [...Object.values(errors), Error, TypeError]) {
    test(Class.name, () => {
      for (const form of FORMS) {
        const failure = toFailure(around(form, Class), 1, redact);
        const told = everything(failure);
        assert.match(told, /GET \/api\/v3\/indicators/);
        for (const searched of FORMS) {
          assert.ok(!told.includes(searched), `${searched} in ${told}`);
          assert.ok(!told.includes(JSON.stringify(searched).slice(1, -1)), told);
        }
      }
    });
  }
});

/** An error as the code at a socket might throw it by mistake: with the secret in its message, cause and headers. */
function around(form: string, Class: new (message: string, retryAfterMs: null) => Error): Error {
  const headers = { authorization: `TC 12345678901234567890:${form}` };
  const cause = Object.assign(new Error(`connect with ${form}`), { headers });
  return Object.assign(
    new Class(`GET /api/v3/indicators?key=${form}: 401 "${form}" and ${form}`, null),
    { cause, headers },
  );
}

/** A failure as JSON with all its own properties, `stack` and `cause` too. */
function everything(failure: Error): string {
  return JSON.stringify(failure, (_key, value: unknown) =>
    value instanceof Error
      ? Object.fromEntries(
          Object.getOwnPropertyNames(value).map((name) => [name, Reflect.get(value, name)]),
        )
      : value,
  );
}
