import { resolve } from 'node:path';
import type { Fault } from './fault.ts';
import { exampleOf, VARIABLES } from './groups.ts';
import { Problem, quoted } from './problem.ts';
import type { Variable } from './setting.ts';

export type Files = {
  /** @throws an error with a `code`, as `readFileSync` does */
  readFile: (path: string) => Uint8Array;
  /** Relative paths begin here. */
  cwd: string;
};

/** What the environment and the files that it names hold, before it is understood. */
export type Given = {
  texts: Readonly<Record<string, string>>;
  /** What a message may quote of them: no credential; for a file its path. */
  quotable: Readonly<Record<string, string>>;
  /** Variables that were set in some way, also where that failed. */
  set: ReadonlySet<string>;
  faults: Fault[];
};

/**
 * Collects every variable's text. An empty variable is unset. Blanks at both ends are cut, but a secret is
 * kept to the character; of a file with a secret exactly one line break at the end (LF or CRLF) is cut.
 */
export function collect(env: NodeJS.ProcessEnv, files: Files): Given {
  const texts: Record<string, string> = {};
  const quotable: Record<string, string> = {};
  const set = new Set<string>();
  const faults: Fault[] = [];
  for (const [name, variable] of VARIABLES) {
    const direct = directText(env, name, variable);
    const text = textOf(name, variable, direct, env, files);
    if (text === null) continue;
    set.add(name);
    if (isQuotable(variable, direct)) quotable[name] = direct;
    if (text instanceof Problem) faults.push(fileFault(name, variable, text));
    else texts[name] = text;
  }
  return { texts, quotable, set, faults };
}

export class NoFile extends Problem {}

/** @returns a `NoFile` where there is none, another problem where it cannot be read */
export function readText(path: string, files: Files): string | Problem {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
      files.readFile(resolve(files.cwd, path)),
    );
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    if (code === 'EISDIR') return new Problem(`${quoted(path)} is a folder`);
    if (code === 'ENOENT') return new NoFile(`${quoted(path)} does not exist`);
    return code === 'ERR_ENCODING_INVALID_ENCODED_DATA'
      ? new Problem(`${quoted(path)} is not UTF-8 text`)
      : new Problem(`${quoted(path)} cannot be read (${code})`);
  }
}

/** The variable's own value; empty if it has none. */
function directText(env: NodeJS.ProcessEnv, name: string, { alias, isVerbatim, file }: Variable) {
  const text = (alias !== undefined && env[alias]) || env[name] || '';
  return isVerbatim && file !== 'always' ? text : text.trim();
}

/** `null` where it is unset. */
function textOf(
  name: string,
  { isVerbatim, file }: Variable,
  direct: string,
  env: NodeJS.ProcessEnv,
  files: Files,
): string | Problem | null {
  const path = file === 'always' ? direct : ((file && env[`${name}_FILE`]) ?? '').trim();
  if (path === '') return direct === '' ? null : direct;
  if (file === 'also' && direct !== '')
    return new Problem(`is set together with ${name}: only one of them is possible`);
  const text = readText(path, files);
  if (text instanceof Problem) return text;
  const value = isVerbatim ? text.replace(/\r?\n$/, '') : text.trim();
  return value === '' ? new Problem(`${quoted(path)} is empty`) : value;
}

function isQuotable({ shown }: Variable, direct: string): boolean {
  return shown === 'open' || (shown === 'address' && !/[@?#]/.test(direct));
}

function fileFault(name: string, variable: Variable, { text }: Problem): Fault {
  return {
    name: variable.file === 'also' ? `${name}_FILE` : name,
    problem: text,
    expected: variable.expected,
    example: exampleOf(name, variable),
  };
}
