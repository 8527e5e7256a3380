import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { Problem, reading } from './problem.ts';
import type { Kind } from './setting.ts';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** A path to PEM certificates; read as their text, without whatever else stands in the file. */
export const certificateFile: Kind<string> = {
  schema: reading(z.string(), (text) => {
    const certificates = text.match(CERTIFICATE) ?? [];
    if (certificates.length === 0) return new Problem('holds no PEM certificate');
    return certificates.every(isCertificate)
      ? `${certificates.join('\n')}\n`
      : new Problem('holds a certificate that cannot be read');
  }),
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
  schema: reading(z.string(), (text) => {
    const digits = text.replaceAll(':', '').toUpperCase();
    if (!/^[0-9A-F]{64}$/.test(digits)) return new Problem('does not have 64 hexadecimal digits');
    return digits.match(/../g)?.join(':') ?? digits;
  }),
  expected: '64 hexadecimal digits, with or without colons',
};

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).fingerprint256 !== '';
  } catch {
    return false;
  }
}
