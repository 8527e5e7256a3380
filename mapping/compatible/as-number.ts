import type { Json } from '../exact-json.ts';
import { trimBlanks } from './blanks.ts';
import { toLong } from './conversions.ts';
import type { MappingErrors } from './errors.ts';

/**
 * The number of `ASN1234` or `AS 1234`.
 *
 * @param text `undefined` where the record has none
 */
export function toAsNumber(text: Json | undefined, errors: MappingErrors): Json | undefined {
  if (typeof text !== 'string') return undefined;
  const digits = trimBlanks(text.replace(/[A-Za-z]/g, ' '));
  const number = digits.includes('.') ? undefined : toLong(digits);
  if (number === undefined) errors.cannotConvert('AS Number', text, 'long');
  return number;
}
