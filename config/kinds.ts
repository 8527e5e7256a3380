import { z } from 'zod';
import { Problem, reading } from './problem.ts';
import { Secret } from './secret.ts';
import { parseDurationMs, parseSizeBytes } from './units.ts';
import type { Kind } from './setting.ts';

export function text(pattern: RegExp, expected: string): Kind<string> {
  return {
    schema: reading(z.string(), (value) =>
      pattern.test(value) ? value : new Problem('is malformed'),
    ),
    expected,
  };
}

/** A text that cannot be read wrongly. */
export function anyText(expected: string): Kind<string> {
  return { schema: z.string(), expected };
}

/**
 * Kept to the character; never quoted.
 *
 * @param read says what is wrong with it, without its text; unset: it may hold anything
 */
export function secret(
  expected: string,
  read: (value: string) => string | Problem = (value) => value,
): Kind<Secret> {
  return {
    schema: reading(z.string(), (value) => {
      const text = read(value);
      return text instanceof Problem ? text : new Secret(text);
    }),
    expected,
    shown: 'hidden',
    isVerbatim: true,
    file: 'also',
  };
}

export function flag(): Kind<boolean> {
  return {
    schema: z.stringbool({ error: 'is neither true nor false' }),
    expected: 'true or false',
    range: 'true or false',
  };
}

export function choice<const T extends string>(...options: [T, ...T[]]): Kind<T> {
  const range = options.join(', ');
  return {
    schema: reading(
      z.string(),
      (value) =>
        options.find((option) => option === value.toLowerCase()) ??
        new Problem('is not one of them'),
    ),
    expected: `one of ${range}`,
    range,
  };
}

/** Members are trimmed; empty and repeated ones are dropped. */
export function list(members: string): Kind<string[]> {
  return {
    schema: z.string().transform((value) => [...new Set(split(value))]),
    expected: `${members}, separated by commas`,
  };
}

/** A list whose members are read on. */
export function checkedList(
  expected: string,
  check: (members: string[]) => string[] | Problem,
): Kind<string[]> {
  return { schema: reading(z.string(), (value) => check(split(value))), expected };
}

function split(value: string): string[] {
  return value
    .split(',')
    .map((member) => member.trim())
    .filter((member) => member !== '');
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

/** A duration that is handed on as it is written; these units are Elasticsearch's too. */
export function elasticDuration(least: string, most: string): Kind<string> {
  const { schema, ...kind } = duration(least, most);
  return {
    schema: z.string().superRefine((value, context) => {
      for (const issue of schema.safeParse(value).error?.issues ?? [])
        context.addIssue(issue.message);
    }),
    ...kind,
  };
}

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
    schema: reading(z.string(), (value) => {
      const number = parse(value);
      if (number === null) return new Problem(unreadable);
      if (number < from) return new Problem(`is below ${least}`);
      return number > to ? new Problem(`is above ${most}`) : number;
    }),
    expected: `${noun} from ${range}`,
    range,
  };
}
