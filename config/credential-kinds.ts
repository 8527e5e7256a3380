import { X509Certificate } from 'node:crypto';
import { Fault } from './fault.ts';
import { oddCharacter, readHeaderValue } from './header-value.ts';
import { text } from './kinds.ts';
import { Secret } from './secret.ts';
import type { Kind } from './setting.ts';

/** A header has it before a colon. It is no secret, but people paste secrets here by mistake. */
export const accessId: Kind<string> = {
  ...text(/^[!-9;-~]+$/, 'the access id of an API user, a number of about 20 digits'),
  shown: 'hidden',
  file: 'also',
};

export const secretKey = secret('the secret key of the API user');

export const token = secret('the token of an API user', readHeaderValue);

/** A header has it before a colon, so it cannot hold one. Hidden, because people confuse it with the password. */
export const username: Kind<string> = {
  ...text(/^[^:\p{Cc}]+$/u, 'the name of a user, without a colon'),
  shown: 'hidden',
};

/** @see RFC 7617, section 2 "must not contain any control characters" */
export const password = secret('the password of ES_USERNAME, without line breaks', (value) => {
  const odd = oddCharacter(value, /\p{Cc}/u);
  return odd === null ? value : new Fault(`has ${odd}, which no password can hold`);
});

export const apiKey = secret('an API key in its encoded form', readHeaderValue);

/**
 * No character of it is changed, and no message quotes it.
 *
 * @param read its fault does not hold the value; default: every text is valid
 */
function secret(
  expected: string,
  read: (value: string) => string | Fault = (value) => value,
): Kind<Secret> {
  return {
    read: (value) => {
      const text = read(value);
      return text instanceof Fault ? text : new Secret(text);
    },
    expected,
    shown: 'hidden',
    isVerbatim: true,
    file: 'also',
  };
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** A path to PEM certificates. Gives their text, without the other text of the file. */
export const certificateFile: Kind<string> = {
  read: (text) => {
    const certificates = text.match(CERTIFICATE) ?? [];
    if (certificates.length === 0) return new Fault('holds no PEM certificate');
    return certificates.every(isCertificate)
      ? `${certificates.join('\n')}\n`
      : new Fault('holds a certificate that cannot be read');
  },
  expected: 'the path of a file with the certificates of the authority, as PEM',
  isVerbatim: true,
  file: 'always',
};

/**
 * The SHA-256 of the authority's certificate, as Elasticsearch prints it at its first start.
 *
 * @returns upper case with colons, as Node writes `fingerprint256`
 */
export const fingerprint: Kind<string> = {
  read: (text) => {
    const digits = text.replaceAll(':', '').toUpperCase();
    if (!/^[0-9A-F]{64}$/.test(digits)) return new Fault('does not have 64 hexadecimal digits');
    return digits.match(/../g)?.join(':') ?? digits;
  },
  expected: '64 hexadecimal digits, with or without colons',
};

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).fingerprint256 !== '';
  } catch {
    return false;
  }
}
