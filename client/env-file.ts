import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { ConfigError, Fault } from '../config/fault.ts';
import { NoFile, readText } from '../config/given-texts.ts';

/**
 * Reads `.env` if it exists. Variables that the environment already has keep their values.
 * @throws {ConfigError} if it is not a text file
 */
export function readEnvFile(): void {
  const text = readText('.env', { readFile: readFileSync, cwd: process.cwd() });
  if (text instanceof NoFile) return;
  if (text instanceof Fault) {
    const expected = 'a text file in UTF-8 with NAME=value on each line, or none';
    const example = 'TC_URL=https://app.threatconnect.com';
    throw new ConfigError([{ name: '.env', fault: text.text, expected, example }]);
  }
  // editors on Windows may begin the file with a byte order mark, which would become part of the first name
  const settings = parseEnv(text.replace(/^\uFEFF/, ''));
  for (const [name, value] of Object.entries(settings)) process.env[name] ??= value;
}
