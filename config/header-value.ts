import { Fault } from './fault.ts';

const NAMES: Readonly<Record<string, string>> = {
  '\n': 'a line break',
  '\r': 'a line break',
  '\uFEFF': 'a byte order mark',
  '\u200B': 'a blank without width',
};

/** Characters that a header cannot hold: the servers agree only on ASCII, and read other bytes in different ways. */
const NOT_IN_A_HEADER = /[^\x20-\x7e]/u;

/**
 * Checks a text that is sent unchanged in a header. The fault names only the invalid character.
 *
 * @see RFC 9110, section 5.5
 */
export function readHeaderValue(text: string): string | Fault {
  const odd = oddCharacter(text, NOT_IN_A_HEADER);
  return odd === null ? text : new Fault(`has ${odd}, which no HTTP header can hold`);
}

/** For example `U+000A, a line break, as its last character`; `null` if there is none. */
export function oddCharacter(text: string, odd: RegExp): string | null {
  const characters = Array.from(text);
  const index = characters.findIndex((each) => odd.test(each));
  const character = characters[index];
  if (character === undefined) return null;
  const code = character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0');
  const name = NAMES[character];
  const place =
    index === 0 ? 'first' : index === characters.length - 1 ? 'last' : ordinal(index + 1);
  return `U+${code}${name === undefined ? '' : `, ${name},`} as its ${place} character`;
}

function ordinal(number: number): string {
  const isTeen = number % 100 > 10 && number % 100 < 14;
  const ending = isTeen ? 'th' : (['th', 'st', 'nd', 'rd'][number % 10] ?? 'th');
  return `${number}${ending}`;
}
