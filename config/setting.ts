import { Fault } from './fault.ts';

/** How a kind of value is read and talked about. */
export type Kind<T> = {
  /** Reads a text, or says what is wrong with it. */
  read: (text: string) => T | Fault;
  /** Ends the sentence "expected …"; has the unit and the range. */
  expected: string;
  /** The range or the choices in short, for a table. */
  range?: string;
  /**
   * What of the given value a message may quote: `open` all of it, `address` only if nothing in it can be
   * a credential, `hidden` none. Hidden is also what people confuse with a secret, such as the access id.
   * Unset: `open`.
   */
  shown?: 'open' | 'address' | 'hidden';
  /** Not a character is changed; otherwise blanks at both ends are cut. */
  isVerbatim?: true;
  /** `also`: `X_FILE` names a file that holds the value. `always`: the variable itself is such a path. */
  file?: 'also' | 'always';
};

/** What is said about one setting, beside what its kind says. */
type About = {
  /** One line without a full stop; says what happens when it is unset and nothing else does. */
  meaning: string;
  example?: string;
  /** Whether it is needed, if not always or never: `needed, or TC_API_TOKEN`. */
  need?: string;
  /** Read and checked, but without effect yet. Documentation and `tcsync check` say so from this mark alone. */
  isPending?: true;
  /** A second name, which wins. */
  alias?: string;
};

/** One setting: its variable, how it is read, and what is said about it. */
export type Setting<T = unknown> = Omit<Kind<T>, 'read'> &
  Omit<About, 'example'> & {
    variable: string;
    /** @param text `null` if it is unset */
    read: (text: string | null) => T | Fault;
    /** As it would stand in the environment; `null` if unset is a value of its own. */
    defaultText: string | null;
    example: string;
  };

/** Settings by the name that the program has for them. */
export type SettingGroup = Readonly<Record<string, Setting>>;

/** What a group's settings are read as. */
export type Values<Group extends SettingGroup> = {
  readonly [Name in keyof Group]: Exclude<ReturnType<Group[Name]['read']>, Fault>;
};

export function required<T>(variable: string, kind: Kind<T>, about: About): Setting<T> {
  const read = (text: string | null) => (text === null ? new Fault('missing') : kind.read(text));
  return { ...common(variable, kind, { need: 'needed', ...about }, null), read };
}

/** Unset is `null`. */
export function optional<T>(variable: string, kind: Kind<T>, about: About): Setting<T | null> {
  const read = (text: string | null) => (text === null ? null : kind.read(text));
  return { ...common(variable, kind, about, null), read };
}

/** The default is written as in the environment and read in the same way. */
export function withDefault<T>(
  variable: string,
  defaultText: string,
  kind: Kind<T>,
  about: About,
): Setting<T> {
  const read = (text: string | null) => kind.read(text ?? defaultText);
  return { ...common(variable, kind, about, defaultText), read };
}

function common<T>(variable: string, kind: Kind<T>, about: About, defaultText: string | null) {
  return {
    ...kind,
    ...about,
    variable,
    defaultText,
    example: about.example ?? defaultText ?? '',
  };
}

/** A right line. That of a secret names a file, so that nobody copies it into a shell's history. */
export function exampleOf({ variable, file, example }: Setting): string {
  return file === 'also' && example === ''
    ? `${variable}_FILE=/run/secrets/${variable.toLowerCase()}`
    : `${variable}=${example}`;
}

/** Every name that a setting is read from: its second name and that of its file too. */
export function namesOf({ variable, file, alias }: Setting): string[] {
  return [variable, file === 'also' ? `${variable}_FILE` : null, alias ?? null].filter(
    (name) => name !== null,
  );
}
