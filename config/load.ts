import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import type { Config, Feed, ProgramConfig, SinkConfig, SourceConfig } from './config.ts';
import { ConfigError, type Fault } from './fault.ts';
import type { FeedEntry } from './feed-entry.ts';
import { parseFeedFile } from './feed-file.ts';
import { foreignFaults } from './other-variables.ts';
import { collect, NoFile, readText, type Files, type Given } from './given-texts.ts';
import { exampleOf, NAMES, ProgramEnv, SinkEnv, SourceEnv, VARIABLES } from './groups.ts';
import { unknownNames } from './nearest.ts';
import { Problem, quoted } from './problem.ts';
import { violations } from './combinations.ts';
import { toFeeds, toProgram, toSink, toSource } from './to-config.ts';

const FEED_FILE = 'tcsync.yaml';
const QUOTATION = /"(?:\\.|[^"\\])*"…?/g;

/** What the settings say, and what is wrong with them. A part that a fault belongs to is `null`. */
export type Parts = {
  readonly source: SourceConfig | null;
  readonly feeds: readonly Feed[] | null;
  readonly sink: SinkConfig | null;
  readonly program: ProgramConfig | null;
  readonly faults: readonly Fault[];
};

/**
 * @param options.cwd where `tcsync.yaml` is looked for and relative paths begin; the working directory
 * @throws {ConfigError} naming every setting that is missing or malformed, never the value of a secret
 */
export function loadConfig(env: NodeJS.ProcessEnv, options: Partial<Files> = {}): Config {
  const { source, feeds, sink, program, faults } = loadParts(env, options);
  if (faults.length > 0 || source === null || feeds === null || sink === null || program === null) {
    throw new ConfigError(faults);
  }
  return { source, feeds, sink, program };
}

/*
 * environment ─► collect: texts, files of secrets ─┬─► three groups: each value ─┐
 *                                                  ├─► violations: to each other ├─► faults, and the parts
 * tcsync.yaml ─► parseFeedFile ────────────────────┴─────────────────────────────┘   that have none
 */

/** As `loadConfig`, for whoever can work with a part of the settings. Throws nothing. */
export function loadParts(env: NodeJS.ProcessEnv, options: Partial<Files> = {}): Parts {
  const files = { readFile: readFileSync, cwd: process.cwd(), ...options };
  const given = collect(env, files);
  const violated = violations(given).map((violation) =>
    Object.assign(toFault(violation.name, violation.problem), violation),
  );
  const source = readGroup(SourceEnv, given, violated);
  const sink = readGroup(SinkEnv, given, violated);
  const program = readGroup(ProgramEnv, given, violated);
  const feeds = readFeeds(given, files);
  const faults = [
    ...[...source.faults, ...sink.faults, ...program.faults].sort(
      (one, other) => NAMES.indexOf(one.name) - NAMES.indexOf(other.name),
    ),
    ...unknownNames(env),
    ...foreignFaults(env),
    ...feeds.faults,
  ];
  return {
    source: source.env && toSource(source.env),
    feeds:
      source.env && program.env && feeds.faults.length === 0
        ? toFeeds({ ...source.env, ...program.env }, feeds.entries)
        : null,
    sink: sink.env && toSink(sink.env),
    program: program.env && toProgram(program.env),
    faults,
  };
}

/** One group's values, `null` where anything is wrong with them, and what that is. */
function readGroup<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  given: Given,
  violated: readonly Fault[],
): { env: z.infer<z.ZodObject<Shape>> | null; faults: Fault[] } {
  const names = new Set(Object.keys(schema.shape).flatMap((name) => [name, `${name}_FILE`]));
  const parsed = schema.safeParse(given.texts);
  const faults = [
    ...given.faults.filter(({ name }) => names.has(name)),
    ...(parsed.error?.issues ?? []).flatMap((issue) => valueFaults(issue, given)),
    ...violated.filter(({ name }) => names.has(name)),
  ];
  return { env: faults.length > 0 ? null : (parsed.data ?? null), faults };
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
