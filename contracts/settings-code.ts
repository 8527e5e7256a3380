import { createHash } from 'node:crypto';

/**
 * A short hash of settings that fits into a worker's identity: `q3f.aBcDeF…`. After the dot each setting has 12 bits:
 * enough to notice a difference (one change in 4,096 is overlooked), too few to guess the value. Before the dot is a
 * hash of the names, so that only settings of the same names are compared.
 */
export type SettingsCode = string;

/** Settings with the variable that sets each of them, always in the same order, without secrets. */
export type ComparedSettings = readonly (readonly [name: string, value: unknown])[];

const CHARACTERS = 2;
const NAMES_CHARACTERS = 3;

export function toSettingsCode(settings: ComparedSettings): SettingsCode {
  const values = settings.map(([name, value]) =>
    hashed(`${name}=${JSON.stringify(value)}`, CHARACTERS),
  );
  return `${namesCode(settings)}.${values.join('')}`;
}

/**
 * Names of the settings that differ in `code`; `null` if `code` comes from another version of the program and cannot be
 * compared.
 */
export function differingSettings(settings: ComparedSettings, code: SettingsCode): string[] | null {
  const [names, values = ''] = code.split('.');
  if (names !== namesCode(settings)) return null;
  const [, own = ''] = toSettingsCode(settings).split('.');
  return settings
    .map(([name]) => name)
    .filter((_name, index) => part(own, index) !== part(values, index));
}

/** A worker's identity in Temporal: the SDK's name of the process, and the code of its settings. */
export function workerIdentity(process: string, code: SettingsCode): string {
  return `${process} settings=${code}`;
}

/** The two parts of an identity; `code` is `null` if it has none. */
export function readIdentity(identity: string): { process: string; code: SettingsCode | null } {
  const [process = identity, code] = identity.split(' settings=');
  return { process, code: code ?? null };
}

function part(values: string, index: number): string {
  return values.slice(index * CHARACTERS, (index + 1) * CHARACTERS);
}

function namesCode(settings: ComparedSettings): string {
  return hashed(settings.map(([name]) => name).join(), NAMES_CHARACTERS);
}

function hashed(text: string, characters: number): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, characters);
}
