import { parseDurationMs } from '../contracts/duration.ts';
import { z } from 'zod';
import { Fault } from './fault.ts';
import type { Kind } from './setting.ts';

export function text(pattern: RegExp, expected: string): Kind<string> {
  return {
    read: (value) => (pattern.test(value) ? value : new Fault('is malformed')),
    expected,
  };
}

/** A text without rules. */
export function anyText(expected: string): Kind<string> {
  return { read: (value) => value, expected };
}

const boolean = z.stringbool();

export function flag(): Kind<boolean> {
  return {
    read: (value) => boolean.safeParse(value).data ?? new Fault('is neither true nor false'),
    expected: 'true or false',
    range: 'true or false',
  };
}

export function choice<const T extends string>(...options: [T, ...T[]]): Kind<T> {
  const range = options.join(', ');
  return {
    read: (value) =>
      options.find((option) => option === value.toLowerCase()) ?? new Fault('is not one of them'),
    expected: `one of ${range}`,
    range,
  };
}

/**
 * Members are trimmed; empty and repeated ones are dropped.
 *
 * @param members a plural noun, such as `names of owners`
 */
export function list(members: string): Kind<string[]> {
  return { read: split, expected: `${members}, separated by commas` };
}

export function split(value: string): string[] {
  const members = value.split(',').map((member) => member.trim());
  return [...new Set(members.filter((member) => member !== ''))];
}

export function integer(least: number, most: number): Kind<number> {
  return ranged('a whole number', 'is not a whole number', String(least), String(most), (value) =>
    /^-?\d{1,15}$/.test(value) ? Number(value) : null,
  );
}

export function decimal(least: number, most: number): Kind<number> {
  return ranged('a number', 'is not a number', String(least), String(most), (value) =>
    /^-?\d{1,15}(\.\d{1,9})?$/.test(value) ? Number(value) : null,
  );
}

/** @returns milliseconds */
export function duration(least: string, most: string): Kind<number> {
  return ranged('a duration (ms, s, m, h, d)', 'is not a duration', least, most, parseDurationMs);
}

/** A duration that stays a text; Elasticsearch has the same units. */
export function elasticDuration(least: string, most: string): Kind<string> {
  const { read, ...kind } = duration(least, most);
  return {
    ...kind,
    read: (value) => {
      const parsed = read(value);
      return parsed instanceof Fault ? parsed : value;
    },
  };
}

/**
 * The life of an indicator, in the format of Elastic's integration. If that cannot parse the number, it uses 90 days or
 * never expires the indicator; this program refuses it. With at most 99999 of a unit, an end date stays within the year
 * 9999.
 */
export const expiration = text(
  /^0*[1-9]\d{0,4}[dhm]$/,
  'a number from 1 to 99999 with unit d, h or m',
);

/** @returns bytes */
export function size(least: string, most: string): Kind<number> {
  return ranged('a size (bytes, KiB, MiB, GiB)', 'is not a size', least, most, parseSizeBytes);
}

function ranged(
  noun: string,
  unreadable: string,
  least: string,
  most: string,
  parse: (value: string) => number | null,
): Kind<number> {
  const range = `${least} to ${most}`;
  const [from, to] = [parse(least), parse(most)];
  if (from === null || to === null) throw new RangeError(`bad bounds: ${least}, ${most}`);
  return {
    read: (value) => {
      const number = parse(value);
      if (number === null) return new Fault(unreadable);
      if (number < from) return new Fault(`is below ${least}`);
      return number > to ? new Fault(`is above ${most}`) : number;
    },
    expected: `${noun} from ${range}`,
    range,
  };
}

const UNIT_BYTES = { B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 } as const;

/** `128MiB`, `64KiB`, `1GiB`, `4096B` or `4096` in bytes; `null` for anything else. */
export function parseSizeBytes(text: string): number | null {
  const { count, unit = 'B' } =
    /^(?<count>\d{1,15})(?<unit>B|KiB|MiB|GiB)?$/.exec(text)?.groups ?? {};
  return count !== undefined && isUnit(UNIT_BYTES, unit) ? Number(count) * UNIT_BYTES[unit] : null;
}

function isUnit<T extends object>(units: T, name: string | undefined): name is keyof T & string {
  return name !== undefined && Object.hasOwn(units, name);
}
