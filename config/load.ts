import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import type { Config } from './config.ts';
import { ConfigError, type Fault } from './fault.ts';
import type { FeedEntry } from './feed-entry.ts';
import { parseFeedFile } from './feed-file.ts';
import { collect, NoFile, readText, type Files, type Given } from './given.ts';
import { Env, exampleOf, NAMES, VARIABLES } from './groups.ts';
import { unknownNames } from './names.ts';
import { Problem, quoted } from './problem.ts';
import { violations } from './rules.ts';
import { toConfig } from './to-config.ts';

const FEED_FILE = 'tcsync.yaml';
const QUOTATION = /"(?:\\.|[^"\\])*"…?/g;

/*
 * environment ─► collect: texts, files of secrets ─┬─► Env: each value ──────────┐
 *                                                  ├─► violations: to each other ├─► faults, or Config
 * tcsync.yaml ─► parseFeedFile ────────────────────┴─────────────────────────────┘
 */

/**
 * @param options.cwd where `tcsync.yaml` is looked for and relative paths begin; the working directory
 * @throws {ConfigError} naming every setting that is missing or malformed, never the value of a secret
 */
export function loadConfig(env: NodeJS.ProcessEnv, options: Partial<Files> = {}): Config {
  const files = { readFile: readFileSync, cwd: process.cwd(), ...options };
  const given = collect(env, files);
  const parsed = Env.safeParse(given.texts);
  const feeds = readFeeds(given, files);
  const faults = [
    ...[
      ...given.faults,
      ...(parsed.error?.issues ?? []).flatMap((issue) => valueFaults(issue, given)),
      ...violations(given).map((violation) =>
        Object.assign(toFault(violation.name, violation.problem), violation),
      ),
    ].sort((one, other) => NAMES.indexOf(one.name) - NAMES.indexOf(other.name)),
    ...unknownNames(env),
    ...feeds.faults,
  ];
  if (faults.length > 0 || parsed.data === undefined) throw new ConfigError(faults);
  return toConfig(parsed.data, feeds.entries);
}

function valueFaults(issue: z.core.$ZodIssue, given: Given): Fault[] {
  const name = String(issue.path[0]);
  if (given.texts[name] === undefined) {
    // set, but its file gave nothing: that is a fault already
    return given.set.has(name) ? [] : [toFault(name, 'missing')];
  }
  const value = given.quotable[name];
  if (value === undefined) return [toFault(name, `the value ${issue.message}`)];
  return holdsSecret(value, given)
    ? [toFault(name, `the value ${issue.message.replaceAll(QUOTATION, '[not shown]')}`)]
    : [toFault(name, `${quoted(value)} ${issue.message}`)];
}

/** Lines get mixed up in a hurry: what is quoted must not be the secret that belongs elsewhere. */
function holdsSecret(value: string, { texts }: Given): boolean {
  return [...VARIABLES].some(([name, variable]) => {
    const secret = variable.isVerbatim && variable.file === 'also' ? texts[name] : undefined;
    return secret !== undefined && value.includes(secret);
  });
}

function toFault(name: string, problem: string): Fault {
  const variable = VARIABLES.get(name);
  if (variable === undefined) throw new TypeError(`${name} is no variable`);
  return { name, problem, expected: variable.expected, example: exampleOf(name, variable) };
}

function readFeeds(
  { texts }: Given,
  files: Files,
): { entries: FeedEntry[] | null; faults: Fault[] } {
  const path = texts['TCSYNC_CONFIG'];
  const label = path ?? FEED_FILE;
  const source = readText(label, files);
  if (!(source instanceof Problem)) return parseFeedFile(source, label);
  if (path === undefined && source instanceof NoFile) return { entries: null, faults: [] };
  return { entries: null, faults: [toFault('TCSYNC_CONFIG', source.text)] };
}
