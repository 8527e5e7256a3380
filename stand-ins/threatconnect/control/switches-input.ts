import type { Aspect } from '../aspects.ts';
import type { Switches } from '../switches.ts';
import { toBoolean, toFields, toInteger, toOneOf, toText } from './input.ts';

type Reader<T> = (value: unknown, what: string, old: T) => T;

const READERS: { readonly [Name in keyof Switches]: Reader<Switches[Name]> } = {
  unknownAccessIdStatus: oneOf([401, 403]),
  maxLimit: from(1),
  overLimit: oneOf(['refuse', 'cap']),
  maxTarget: from(1),
  getBody: oneOf(['read', 'drop']),
  nextOrigin: orNull(toText),
  nextToEmptyPage: toBoolean,
  dateFractions: oneOf(['refuse', 'short', 'accept']),
  naiveOffsetMinutes: from(-Infinity),
  compareSeconds: toBoolean,
  idRange: oneOf(['accept', 'refuse']),
  defaultStatus: oneOf(['active', 'all']),
  unknownFields: oneOf(['refuse', 'ignore']),
  commaFields: oneOf(['refuse', 'accept']),
  fieldLevels: from(0),
  deepFields: oneOf(['omit', 'refuse']),
  nestedLimit: orNull(from(0)),
  nestedCount: toBoolean,
  hiddenNested: oneOf(['omit', 'show']),
  movesLastModified: toMoves,
  commitDelayMs: from(0),
  deletedRetentionDays: from(0),
  deletedDateAdded: oneOf(['created', 'deleted']),
  pageDelayMs: from(0),
  recordDelayUs: from(0),
  startDelayUs: from(0),
  fieldDelayUs: from(0),
  tqlTimeoutMs: from(0),
  tqlTimeoutStatus: oneOf([400, 500, 504]),
};

/** Replaces the given switches; none of them if one is invalid. */
export function setSwitches(switches: Switches, body: unknown): void {
  const fields = toFields(body, 'the body', Object.keys(switches));
  const given = Object.keys(fields).map((key) => {
    const name = key as keyof Switches;
    const reader = READERS[name] as Reader<unknown>;
    return [name, reader(fields[name], `"${name}"`, switches[name])] as const;
  });
  Object.assign(switches, Object.fromEntries(given));
}

/** The given aspects; the others stay as they are. */
function toMoves(
  value: unknown,
  what: string,
  old: Switches['movesLastModified'],
): Switches['movesLastModified'] {
  const fields = toFields(value, what, Object.keys(old));
  const given = Object.entries(fields).map(([aspect, moves]): [string, boolean] => [
    aspect,
    toBoolean(moves, `${what}: "${aspect}"`),
  ]);
  return { ...old, ...(Object.fromEntries(given) as Partial<Record<Aspect, boolean>>) };
}

function oneOf<const T extends string | number>(known: readonly T[]) {
  return (value: unknown, what: string): T => toOneOf(value, what, known);
}

function from(least: number) {
  return (value: unknown, what: string): number => toInteger(value, what, least);
}

function orNull<T>(reader: (value: unknown, what: string) => T) {
  return (value: unknown, what: string): T | null => (value === null ? null : reader(value, what));
}
