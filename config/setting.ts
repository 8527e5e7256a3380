import { z } from 'zod';

/** How a kind of value is read and talked about. */
export type Kind<T> = {
  schema: z.ZodType<T, string>;
  /** Ends the sentence "expected …"; has the unit and the range. */
  expected: string;
  /** The range or the choices in short, for a table. */
  range?: string;
  /**
   * What of the given value a message may quote: `open` all of it, `address` only if nothing in it can be
   * a credential, `hidden` none. Hidden is also what people confuse with a secret, such as the access id.
   */
  shown?: 'open' | 'address' | 'hidden';
  /** Not a character is changed; otherwise blanks at both ends are cut. */
  isVerbatim?: true;
  /** `also`: `X_FILE` names a file that holds the value. `always`: the variable itself is such a path. */
  file?: 'also' | 'always';
};

/** What is said about one variable, beside what its kind says. */
export type About = {
  /** One line without a full stop; says what happens when it is unset and nothing else does. */
  meaning: string;
  example?: string;
  /** Where it is needed under a condition, such as `or TC_API_TOKEN`. */
  required?: string;
  /** Read and checked, but without effect yet. */
  pending?: true;
  /** A second name, which wins. */
  alias?: string;
};

export type Variable = Required<Pick<Kind<unknown>, 'expected' | 'shown'>> &
  Pick<Kind<unknown>, 'range' | 'isVerbatim' | 'file'> &
  Pick<About, 'meaning' | 'pending' | 'alias'> & {
    example: string;
    /** As it would stand in the environment; `null` where unset is a value of its own. */
    defaultText: string | null;
    required: string;
  };

/** What is known of each variable, by its schema. */
export const variables = z.registry<Variable>();

export function required<T>(kind: Kind<T>, about: About): z.ZodType<T, string> {
  return describe(kind.schema, kind, { required: 'yes', ...about }, null);
}

/** Unset is `null`. */
export function optional<T>(kind: Kind<T>, about: About): z.ZodType<T | null, string | undefined> {
  const schema = kind.schema.optional().transform((value) => value ?? null);
  return describe(schema, kind, about, null);
}

/** The default is written as in the environment and read by the same schema. */
export function withDefault<T>(
  defaultText: string,
  kind: Kind<T>,
  about: About,
): z.ZodType<T, string | undefined> {
  return describe(kind.schema.prefault(defaultText), kind, about, defaultText);
}

function describe<S extends z.ZodType>(
  schema: S,
  kind: Kind<unknown>,
  about: About,
  defaultText: string | null,
): S {
  variables.add(schema, {
    ...(kind.range !== undefined && { range: kind.range }),
    ...(kind.isVerbatim && { isVerbatim: true }),
    ...(kind.file && { file: kind.file }),
    ...(about.pending && { pending: true }),
    ...(about.alias !== undefined && { alias: about.alias }),
    meaning: about.meaning,
    expected: kind.expected,
    shown: kind.shown ?? 'open',
    example: about.example ?? defaultText ?? '',
    defaultText,
    required: about.required ?? 'no',
  });
  return schema;
}
