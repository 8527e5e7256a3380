import { readFileSync } from 'node:fs';
import { combinationFaults } from './combinations.ts';
import { toFeeds, toProgram, toSink, toSource, type Config } from './config.ts';
import { ConfigError, Fault, quoted, type SettingFault } from './fault.ts';
import type { FeedEntry } from './feed-entry.ts';
import { parseFeedFile } from './feed-file.ts';
import { collect, NoFile, readText, type Files, type Given } from './given-texts.ts';
import { otherVariableFaults } from './other-variables.ts';
import { exampleOf, namesOf, type Setting, type SettingGroup, type Values } from './setting.ts';
import {
  FEED_FILE,
  PROGRAM,
  SCHEDULE,
  SELECTION,
  SETTINGS,
  SINK,
  SOURCE,
  WORKER,
} from './settings.ts';

const DEFAULT_FILE = 'tcsync.yaml';
const QUOTATION = /"(?:\\.|[^"\\])*"…?/g;

/** The parts of the configuration, and the faults. A part with a fault is `null`. */
export type Parts = { readonly [Part in keyof Config]: Config[Part] | null } & {
  /** Set even if another setting of `program` has a fault. */
  readonly namespace: string | null;
  readonly faults: readonly SettingFault[];
  /** Variables that are set and have no effect yet. */
  readonly pending: readonly string[];
};

/**
 * @param options.cwd folder of `tcsync.yaml` and of relative paths; default: the working directory
 * @throws {ConfigError} naming every setting that is missing or malformed, never the value of a secret
 */
export function loadConfig(env: NodeJS.ProcessEnv, options: Partial<Files> = {}): Config {
  const { source, feeds, sink, program, worker, faults } = loadParts(env, options);
  if (faults.length > 0 || !source || !feeds || !sink || !program || !worker) {
    throw new ConfigError(faults);
  }
  return { source, feeds, sink, program, worker };
}

/*
 * environment ─► collect: texts, files of secrets ─┬─► groups: each value ──────────────┐
 *                                                  ├─► combinationFaults: of several ──┼─► faults, and the parts
 * tcsync.yaml ─► parseFeedFile ────────────────────┴────────────────────────────────────┘   that have none
 */

/** Like `loadConfig`, for callers that can work with a part of the settings. Throws nothing. */
export function loadParts(env: NodeJS.ProcessEnv, options: Partial<Files> = {}): Parts {
  const files = { readFile: readFileSync, cwd: process.cwd(), ...options };
  const given = collect(env, files);
  const faults = settingFaults(given);
  const entries = readFeedFile(given, files);
  const source = valuesOf(SOURCE, given, faults);
  const feed = valuesOf({ ...SELECTION, ...SCHEDULE }, given, faults);
  const sink = valuesOf(SINK, given, faults);
  const program = valuesOf(PROGRAM, given, faults);
  const { namespace } = PROGRAM;
  return {
    source: source && toSource(source),
    feeds: feed && entries.faults.length === 0 ? toFeeds(feed, entries.entries) : null,
    sink: sink && toSink(sink),
    program: program && toProgram(program),
    worker: valuesOf(WORKER, given, faults),
    namespace: valuesOf({ namespace }, given, faults)?.namespace ?? null,
    faults: [...faults, ...otherVariableFaults(env), ...entries.faults],
    pending: SETTINGS.filter((setting) => setting.isPending && given.set.has(setting.variable)).map(
      ({ variable }) => variable,
    ),
  };
}

/** Faults of single settings and of combinations, in the order of `SETTINGS`. */
function settingFaults(given: Given): SettingFault[] {
  const combined = combinationFaults(given);
  return SETTINGS.flatMap((setting) => {
    const names = namesOf(setting);
    return [
      ...given.faults.filter(({ name }) => names.includes(name)),
      ...valueFaults(setting, given),
      ...combined
        .filter(({ name }) => names.includes(name))
        .map((each) => Object.assign(settingFault(setting, each.fault), each)),
    ];
  });
}

/** The values of a group of settings; `null` if one of them has a fault. */
function valuesOf<Group extends SettingGroup>(
  group: Group,
  { texts }: Given,
  faults: readonly SettingFault[],
): Values<Group> | null {
  const names = new Set(Object.values(group).flatMap(namesOf));
  if (faults.some(({ name }) => names.has(name))) return null;
  const values = Object.entries(group).map(([name, { variable, read }]) => [
    name,
    read(texts[variable] ?? null),
  ]);
  return Object.fromEntries(values) as Values<Group>;
}

function valueFaults(setting: Setting, given: Given): SettingFault[] {
  const { variable } = setting;
  const text = given.texts[variable] ?? null;
  // set, but its file could not be read: that is already a fault
  if (text === null && given.set.has(variable)) return [];
  const read = setting.read(text);
  if (!(read instanceof Fault)) return [];
  if (text === null) return [settingFault(setting, read.text)];
  const value = given.quotable[variable];
  if (value === undefined) return [settingFault(setting, `the value ${read.text}`)];
  return holdsSecret(value, given)
    ? [settingFault(setting, `the value ${read.text.replaceAll(QUOTATION, '[not shown]')}`)]
    : [settingFault(setting, `${quoted(value)} ${read.text}`)];
}

/** People mix up lines: a quoted value must not be the secret of another variable. */
function holdsSecret(value: string, { texts }: Given): boolean {
  return SETTINGS.some(({ variable, isVerbatim, file }) => {
    const secret = isVerbatim && file === 'also' ? texts[variable] : undefined;
    return secret !== undefined && value.includes(secret);
  });
}

function settingFault(setting: Setting, fault: string): SettingFault {
  const { variable, expected } = setting;
  return { name: variable, fault, expected, example: exampleOf(setting) };
}

function readFeedFile(
  { texts }: Given,
  files: Files,
): { entries: FeedEntry[] | null; faults: SettingFault[] } {
  const path = texts[FEED_FILE.variable];
  const label = path ?? DEFAULT_FILE;
  const content = readText(label, files);
  if (!(content instanceof Fault)) return parseFeedFile(content, label);
  if (path === undefined && content instanceof NoFile) return { entries: null, faults: [] };
  return { entries: null, faults: [settingFault(FEED_FILE, content.text)] };
}
