import type { Client } from '@elastic/elasticsearch';
import { due, OK, type Asset, type Inspection } from '../asset.ts';
import { notOurs } from '../ownership.ts';
import { changesText, differences } from './differences.ts';

/** An asset that is nothing but its body: a template, a policy, a pipeline. Writing it replaces it. */
export type Definition = {
  name: string;
  /** With an owner in `_meta`. */
  body: object;
  /** The stored body; `null` if it does not exist. */
  read: (sink: Client, signal: AbortSignal) => Promise<object | null>;
  write: (sink: Client, signal: AbortSignal) => Promise<unknown>;
  /** The keys that are compared. The server adds others of its own, such as the time of a change. */
  compared: readonly string[];
};

export function definition(spec: Definition): Asset {
  const { name, body, read, write } = spec;
  return {
    name,
    body,
    inspect: async (sink, signal) => {
      const found = await read(sink, signal);
      const act = () => write(sink, signal);
      if (found === null) return due({ becomes: 'created', changes: [], act });
      return inspectBody(found, spec, act);
    },
  };
}

function inspectBody(
  found: object,
  { body, compared }: Definition,
  act: () => Promise<unknown>,
): Inspection {
  const changes = changesText(differences(pick(found, compared), pick(body, compared)));
  if (changes.length === 0) return OK;
  return notOurs(found) ?? due({ becomes: 'updated', changes, act });
}

function pick(body: object, keys: readonly string[]): object {
  return Object.fromEntries(Object.entries(body).filter(([key]) => keys.includes(key)));
}
