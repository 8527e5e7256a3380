import { Fault } from './fault.ts';

/** How a kind of value is parsed and described. */
export type Kind<T> = {
  /** Reads a text, or says what is wrong with it. */
  read: (text: string) => T | Fault;
  /** The end of the sentence "expected …", with the unit and the range. */
  expected: string;
  /** The range or the choices in short, for a table. */
  range?: string;
  /**
   * Whether a message may quote the given value. `open`: yes; `address`: only if no part of it can be a credential;
   * `hidden`: no. Values that people confuse with a secret, such as the access id, are hidden too. Default: `open`.
   */
  shown?: 'open' | 'address' | 'hidden';
  /** No character is changed; otherwise blanks at both ends are removed. */
  isVerbatim?: true;
  /** `also`: `X_FILE` names a file that holds the value. `always`: the variable itself is such a path. */
  file?: 'also' | 'always';
};

/** The description of one setting, in addition to that of its kind. */
type About = {
  /** One line without a full stop. Says what happens if the setting is unset, unless the default says it. */
  meaning: string;
  example?: string;
  /** Whether it is needed, if not always or never: `needed, or TC_API_TOKEN`. */
  need?: string;
  /** Read and checked, but without effect yet. This mark alone makes the documentation and `tcsync check` say so. */
  isPending?: true;
  /** A second name, which overrides the first. */
  alias?: string;
};

/** One setting: its variable, how it is parsed, and its description. */
export type Setting<T = unknown> = Omit<Kind<T>, 'read'> &
  Omit<About, 'example'> & {
    variable: string;
    /** @param text `null` if it is unset */
    read: (text: string | null) => T | Fault;
    /** As it would be written in the environment; `null` if unset has its own meaning. */
    defaultText: string | null;
    example: string;
  };

/** Settings by their name in the program. */
export type SettingGroup = Readonly<Record<string, Setting>>;

/** The parsed values of a group. */
export type Values<Group extends SettingGroup> = {
  readonly [Name in keyof Group]: Exclude<ReturnType<Group[Name]['read']>, Fault>;
};

export function required<T>(variable: string, kind: Kind<T>, about: About): Setting<T> {
  const read = (text: string | null) => (text === null ? new Fault('missing') : kind.read(text));
  return { ...common(variable, kind, { need: 'needed', ...about }, null), read };
}

/** Gives `null` if it is unset. */
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

/** A valid line. For a secret it names a file, so that nobody copies a secret into the history of a shell. */
export function exampleOf({ variable, file, example }: Setting): string {
  return file === 'also' && example === ''
    ? `${variable}_FILE=/run/secrets/${variable.toLowerCase()}`
    : `${variable}=${example}`;
}

/** Every name of a setting, including its second name and that of its file. */
export function namesOf({ variable, file, alias }: Setting): string[] {
  return [variable, file === 'also' ? `${variable}_FILE` : null, alias ?? null].filter(
    (name) => name !== null,
  );
}
