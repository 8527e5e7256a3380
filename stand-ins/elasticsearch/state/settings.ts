import { illegalArgument } from '../errors.ts';
import { asText, isObject, type JsonObject } from '../json/exact.ts';
import { parseTimeMs } from '../text/time.ts';
import { isKnownSetting } from './setting-names.ts';

/** Index settings by full dotted name. Values are texts or lists of texts, as in the server; `null` removes a setting. */
export type Settings = Readonly<Record<string, readonly string[] | string | null>>;

/** Settings of a request, nested or dotted, with or without `index.`. @throws {ApiError} 400 for a wrong one */
export function parseSettings(given: unknown): Settings {
  const settings: Record<string, readonly string[] | string | null> = {};
  for (const [name, value] of flatten(given, '')) {
    settings[name.startsWith('index.') ? name : `index.${name}`] = value;
  }
  for (const [name, value] of Object.entries(settings)) check(name, value);
  return settings;
}

/** As the server shows them: nested under `index`, or flat. */
export function showSettings(settings: Settings, flat: boolean): JsonObject {
  const sorted = Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1));
  if (flat) return Object.fromEntries(sorted);
  const result: JsonObject = {};
  for (const [name, value] of sorted) {
    const steps = name.split('.');
    const last = steps.pop() ?? '';
    let object = result;
    for (const step of steps) {
      const inner = object[step];
      object = isObject(inner) ? inner : (object[step] = {} as JsonObject);
    }
    object[last] = value;
  }
  return result;
}

export function textSetting(settings: Settings, name: string): string | null {
  const value = settings[name];
  return typeof value === 'string' ? value : null;
}

function* flatten(
  value: unknown,
  prefix: string,
): Generator<readonly [string, readonly string[] | string | null]> {
  if (!isObject(value)) return;
  for (const [key, inner] of Object.entries(value)) {
    const name = prefix + key;
    if (isObject(inner)) yield* flatten(inner, `${name}.`);
    else if (Array.isArray(inner)) yield [name, inner.map(String)];
    else yield [name, inner === null ? null : asText(inner)];
  }
}

/** @throws {ApiError} 400 for an unknown setting, and for a value that the stand-in could not use */
function check(name: string, value: readonly string[] | string | null): void {
  if (!isKnownSetting(name)) throw illegalArgument(`unknown setting [${name}]`);
  if (typeof value !== 'string') return;
  if (/\.(?:limit|number_of_replicas|number_of_shards)$/.test(name) && !/^\d+$/.test(value))
    throw illegalArgument(`Failed to parse value [${value}] for setting [${name}]`);
  if (name === 'index.refresh_interval') parseTimeMs(name, value);
}
