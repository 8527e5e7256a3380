import assert from 'node:assert/strict';
import { ConfigError, type SettingFault } from '../../../config/fault.ts';
import { loadConfig } from '../../../config/load.ts';
import type { Config } from '../../../config/config.ts';

/** The settings that are needed. */
export const MINIMAL: Readonly<Record<string, string>> = {
  TC_URL: 'https://tc.example',
  TC_ACCESS_ID: '12345678901234567890',
  TC_SECRET_KEY: 'a secret key',
  ES_URL: 'http://127.0.0.1:9200',
};

type Options = NonNullable<Parameters<typeof loadConfig>[1]>;

/** A folder without a `tcsync.yaml`. */
const cwd = import.meta.dirname;

/** The configuration of a minimal environment with these changes; an empty text unsets. */
export function configOf(changes: Record<string, string> = {}, options: Options = {}): Config {
  return loadConfig({ ...MINIMAL, ...changes }, { cwd, ...options });
}

export function errorOf(changes: Record<string, string>, options: Options = {}): ConfigError {
  try {
    configOf(changes, options);
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    return error;
  }
  throw new assert.AssertionError({ message: 'there is no fault' });
}

/** `NAME: fault` of each fault. */
export function faultsOf(changes: Record<string, string>, options: Options = {}): string[] {
  return errorOf(changes, options).faults.map(
    ({ name, fault }: SettingFault) => `${name}: ${fault}`,
  );
}
