import { oddCharacter } from '../../config/header-value.ts';
import { plural } from '../../watch/words.ts';

/** Control and format characters (also the byte order mark), line and paragraph separators, the no-break space. */
const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}\u00A0]/u;

/** Describes a refused secret without showing it: its length, and characters that people cannot see. */
export function arrivedAs(name: string, secret: string): string {
  const length = `It arrived here with ${plural(secret.length, 'character')}`;
  const odd = oddCharacter(secret, INVISIBLE);
  if (odd !== null)
    return `${length}, ${odd}: remove it from ${name} unless it belongs to the secret.`;
  if (secret !== secret.trim()) {
    return `${length}, with a blank at its beginning or end: remove it from ${name} unless it belongs to the secret.`;
  }
  return IN_QUOTES.test(secret)
    ? `${length}, including quotes around it: remove them from ${name} unless they belong to the secret.`
    : `${length}.`;
}

const IN_QUOTES = /^(["'`]).*\1$/s;

/** The remedy for an API key that Elasticsearch refuses. The form of the key often shows the mistake. */
export function apiKeyAdvice(key: string, variable = 'ES_API_KEY'): string {
  if (IN_QUOTES.test(key)) return `${variable} arrived here with quotes around it: remove them.`;
  if (/^ApiKey\s/i.test(key)) {
    return `${variable} begins with the word ApiKey, which tcsync adds itself: remove it.`;
  }
  if (/^[^:\s]+:[^:\s]+$/.test(key)) {
    return `${variable} is in the form id:key: set the encoded form, which is base64 of that.`;
  }
  return `Is ${variable} the encoded form (base64 of id:key), not expired, not invalidated, and of this cluster? ${arrivedAs(variable, key)}`;
}
