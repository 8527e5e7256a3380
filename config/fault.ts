import { z } from 'zod';

/** What is wrong with a value: a clause that follows the value in a message, such as `is above 16`. */
export class Fault {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** One bad or missing setting. Never holds the value of a secret. */
export type SettingFault = {
  /** The variable, or `tcsync.yaml: feeds[1].types`. */
  name: string;
  /** `missing`, or the value and what is wrong with it. */
  fault: string;
  expected: string;
  /** A valid line, such as `TC_PAGE_SIZE=2000`. */
  example: string;
};

/** All faults of the configuration, one per line. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  /** See `docs/commands.md`. */
  readonly exitCode = 2;
  readonly faults: readonly SettingFault[];

  constructor(faults: readonly SettingFault[]) {
    super([faultCount(faults), ...faults.map((each) => `  ${faultLine(each)}`)].join('\n'));
    this.faults = faults;
  }
}

export function faultCount({ length }: readonly SettingFault[]): string {
  return `the configuration has ${length === 1 ? '1 fault' : `${length} faults`}`;
}

export function faultLine({ name, fault, expected, example }: SettingFault): string {
  return `${name}: ${fault}; expected ${expected}; example: ${example}`;
}

/** A zod schema from a function that reads a value or says what is wrong with it. */
export function reading<In, T>(
  input: z.ZodType<In, In>,
  read: (value: In) => T | Fault,
): z.ZodType<T, In> {
  return input.transform((value, context) => {
    const result = read(value);
    if (!(result instanceof Fault)) return result;
    context.addIssue(result.text);
    return z.NEVER;
  });
}

const SHOWN_CHARACTERS = 60;

/** A given value as a message may quote it: on one line, cut to 60 characters. */
export function quoted(value: string): string {
  const characters = Array.from(value);
  return characters.length > SHOWN_CHARACTERS
    ? `${JSON.stringify(characters.slice(0, SHOWN_CHARACTERS).join(''))}…`
    : JSON.stringify(value);
}
