import { trimBlanks } from '../compatible/blanks.ts';
import type { Json, JsonObject } from '../exact-json.ts';

/** Long and short names, to the short one that Elastic Defend writes. */
const HIVES: ReadonlyMap<string, string> = new Map(
  [
    ['HKEY_CLASSES_ROOT', 'HKCR'],
    ['HKEY_CURRENT_CONFIG', 'HKCC'],
    ['HKEY_CURRENT_USER', 'HKCU'],
    ['HKEY_LOCAL_MACHINE', 'HKLM'],
    ['HKEY_USERS', 'HKU'],
  ].flatMap(([long = '', short = '']) => [
    [long, short],
    [short, short],
  ]),
);

/**
 * Hive, key and path of a registry key, as events of Elastic Defend have them.
 *
 * @returns none where the name is no text
 * @see https://www.elastic.co/docs/reference/ecs/ecs-registry
 */
export function registryParts(keyName: Json | undefined, valueName: Json | undefined): JsonObject {
  if (typeof keyName !== 'string' || keyName === '') return {};
  const whole = keyName.endsWith('\\') ? keyName.slice(0, -1) : keyName;
  const separator = whole.indexOf('\\');
  const hive = HIVES.get((separator === -1 ? whole : whole.slice(0, separator)).toUpperCase());
  if (hive === undefined) return { key: whole, path: whole };
  const key = separator === -1 ? '' : whole.slice(separator + 1);
  return { hive, key, path: [hive, key, toValueName(valueName)].filter(isPresent).join('\\') };
}

/** ThreatConnect writes a blank for the value that has no name. */
function toValueName(valueName: Json | undefined): string {
  return typeof valueName === 'string' && trimBlanks(valueName) !== '' ? valueName : '';
}

function isPresent(part: string): boolean {
  return part !== '';
}
