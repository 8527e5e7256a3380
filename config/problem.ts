import { z } from 'zod';

/** What is wrong with a value: a clause that goes on after it, such as `is above 16`. */
export class Problem {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A zod schema from a function that reads a value or says what is wrong with it. */
export function reading<In, T>(
  input: z.ZodType<In, In>,
  read: (value: In) => T | Problem,
): z.ZodType<T, In> {
  return input.transform((value, context) => {
    const result = read(value);
    if (!(result instanceof Problem)) return result;
    context.addIssue(result.text);
    return z.NEVER;
  });
}

/** The first problem of a list's members, or the list. */
export function everyMember(
  members: string[],
  problemOf: (member: string) => string | null,
): string[] | Problem {
  for (const member of members) {
    const problem = problemOf(member);
    if (problem !== null) return new Problem(problem);
  }
  return [...new Set(members)];
}

const SHOWN_CHARACTERS = 60;

/** A given value as a message may quote it: on one line, cut to 60 characters. */
export function quoted(value: string): string {
  const characters = Array.from(value);
  return characters.length > SHOWN_CHARACTERS
    ? `${JSON.stringify(characters.slice(0, SHOWN_CHARACTERS).join(''))}…`
    : JSON.stringify(value);
}
