import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';

export const ROOT = path.join(import.meta.dirname, '../../..');

export type Service = {
  image: string;
  build?: string;
  command?: string[];
  environment?: Record<string, string | number>;
  depends_on?: Record<string, { condition: string }>;
  ports?: string[];
  profiles?: string[];
  healthcheck?: { test?: string[]; disable?: boolean };
  mem_limit?: string;
  restart?: string;
};

export type Compose = { services: Record<string, Service>; volumes: Record<string, unknown> };

export function readText(name: string): string {
  return readFileSync(path.join(ROOT, name), 'utf8');
}

export function toCompose(text: string): Compose {
  return parse(text, { merge: true }) as Compose;
}

/** Replaces `${NAME}`, `${NAME:-default}` and `${NAME:?what to do}`, as `docker compose` does. */
export function interpolate(text: string, env: NodeJS.ProcessEnv): string {
  return text.replaceAll(
    /\$\{(?<name>\w+)(?::(?<kind>[-?])(?<more>[^}]*))?\}/g,
    (_, name: string, kind: string | undefined, more: string) => {
      const value = env[name] ?? '';
      if (value === '' && kind === '?') throw new Error(`${name} ${more}`);
      return value === '' && kind === '-' ? more : value;
    },
  );
}
