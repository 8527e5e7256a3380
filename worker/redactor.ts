import { requestTarget } from '../activities/threatconnect/request-target.ts';

/** Shorter texts occur in ordinary words by chance. */
const LENGTH_MIN = 4;

/**
 * Makes a function that removes secrets from a text in any spelling: plain, in Base64, or encoded for a URL, with
 * hexadecimal digits of either case.
 */
export function createRedactor(secrets: readonly string[]): (text: string) => string {
  const spellings = secrets
    // a header loses the spaces around its value
    .flatMap((secret) => [secret, secret.trim()])
    .flatMap((secret) => (secret.length < LENGTH_MIN ? [] : spellingsOf(secret)))
    // the longest first, because one may contain another
    .sort((a, b) => b.length - a.length);
  return (text) =>
    spellings.reduce((clean, spelling) => clean.replaceAll(spelling, '[secret]'), text);
}

function spellingsOf(secret: string): string[] {
  const inUrls = [
    encodeURIComponent(secret.toWellFormed()),
    new URLSearchParams({ s: secret }).toString().slice(2),
    requestTarget('', [['', secret]]).slice(2),
  ];
  return [
    secret,
    ...inUrls,
    ...inUrls.map((text) => text.replace(/%../g, (escape) => escape.toLowerCase())),
    JSON.stringify(secret).slice(1, -1),
    Buffer.from(secret).toString('base64').replace(/=+$/, ''),
    Buffer.from(secret).toString('base64url'),
  ];
}
