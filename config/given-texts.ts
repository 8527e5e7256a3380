import { resolve } from 'node:path';
import { Fault, quoted, type SettingFault } from './fault.ts';
import { exampleOf, type Setting } from './setting.ts';
import { SETTINGS } from './settings.ts';

export type Files = {
  /** @throws an error with a `code`, as `readFileSync` does */
  readFile: (path: string) => Uint8Array;
  /** Relative paths begin here. */
  cwd: string;
};

/** The texts of the environment and of the files that it names, before they are parsed. */
export type Given = {
  texts: Readonly<Record<string, string>>;
  /** The texts that a message may quote: no credentials; for a file its path. */
  quotable: Readonly<Record<string, string>>;
  /** Variables that were set in some way, even if that failed. */
  set: ReadonlySet<string>;
  faults: SettingFault[];
};

/**
 * Collects every variable's text. An empty variable is unset. Blanks at both ends are removed, except for secrets, in
 * which no character changes. From a file with a secret one line break at the end (LF or CRLF) is removed.
 */
export function collect(env: NodeJS.ProcessEnv, files: Files): Given {
  const texts: Record<string, string> = {};
  const quotable: Record<string, string> = {};
  const set = new Set<string>();
  const faults: SettingFault[] = [];
  for (const setting of SETTINGS) {
    const { variable } = setting;
    const direct = directText(env, setting);
    const text = textOf(setting, direct, env, files);
    if (text === null) continue;
    set.add(variable);
    if (isQuotable(setting, direct)) quotable[variable] = direct;
    if (text instanceof Fault) faults.push(fileFault(setting, text));
    else texts[variable] = text;
  }
  return { texts, quotable, set, faults };
}

export class NoFile extends Fault {}

/** @returns a `NoFile` if there is none, another fault if it cannot be read */
export function readText(path: string, files: Files): string | Fault {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
      files.readFile(resolve(files.cwd, path)),
    );
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    if (code === 'EISDIR') return new Fault(`${quoted(path)} is a folder`);
    if (code === 'ENOENT') return new NoFile(`${quoted(path)} does not exist`);
    return code === 'ERR_ENCODING_INVALID_ENCODED_DATA'
      ? new Fault(`${quoted(path)} is not UTF-8 text`)
      : new Fault(`${quoted(path)} cannot be read (${code})`);
  }
}

/** The variable's own value; empty if it has none. */
function directText(env: NodeJS.ProcessEnv, { variable, alias, isVerbatim, file }: Setting) {
  const text = (alias !== undefined && env[alias]) || env[variable] || '';
  return isVerbatim && file !== 'always' ? text : text.trim();
}

/** `null` if it is unset. */
function textOf(
  { variable, isVerbatim, file }: Setting,
  direct: string,
  env: NodeJS.ProcessEnv,
  files: Files,
): string | Fault | null {
  const path = file === 'always' ? direct : ((file && env[`${variable}_FILE`]) ?? '').trim();
  if (path === '') return direct === '' ? null : direct;
  if (file === 'also' && direct !== '')
    return new Fault(`is set together with ${variable}: only one of them is possible`);
  const text = readText(path, files);
  if (text instanceof Fault) return text;
  const value = isVerbatim ? text.replace(/\r?\n$/, '') : text.trim();
  return value === '' ? new Fault(`${quoted(path)} is empty`) : value;
}

function isQuotable({ shown = 'open' }: Setting, direct: string): boolean {
  return shown === 'open' || (shown === 'address' && !/[@?#]/.test(direct));
}

function fileFault(setting: Setting, { text }: Fault): SettingFault {
  const { variable, file, expected } = setting;
  const name = file === 'also' ? `${variable}_FILE` : variable;
  return { name, fault: text, expected, example: exampleOf(setting) };
}
