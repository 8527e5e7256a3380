import { oddCharacter } from '../../config/header-value.ts';

/** Control and format characters, a byte order mark too, and blanks that look like others. */
const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}\u00A0]/u;

/** What may be told of a secret that is refused: its length, and what nobody sees in it. */
export function arrivedAs(name: string, secret: string): string {
  const length = `As it arrived here it has ${secret.length} characters`;
  const odd = oddCharacter(secret, INVISIBLE);
  if (odd !== null) return `${length}, ${odd}: take it out of ${name} unless the secret has it.`;
  return secret === secret.trim()
    ? `${length}.`
    : `${length}, with a blank at its beginning or end: take it out of ${name} unless the secret has it.`;
}
