/** One value that is not as it should be; `null`: not set. */
export type Difference = { path: string; is: string | null; should: string | null };

/**
 * Compares two JSON values by their leaves. Elasticsearch returns numbers and booleans of settings as texts, and a
 * setting as `index.mode` or as `{ index: { mode } }`: neither is a difference.
 */
export function differences(found: unknown, wanted: unknown): Difference[] {
  const [is, should] = [leavesOf(found), leavesOf(wanted)];
  const paths = [...new Set([...should.keys(), ...is.keys()])];
  return paths.flatMap((path) => {
    const [value, wish] = [is.get(path) ?? null, should.get(path) ?? null];
    return value === wish ? [] : [{ path, is: value, should: wish }];
  });
}

/** As a person reads it: `priority: 100 → 180`. */
export function changesText(all: readonly Difference[]): string[] {
  return all.map(({ path, is, should }) => `${path}: ${shown(is)} → ${shown(should)}`);
}

const SHOWN_CHARACTERS = 120;

function shown(value: string | null): string {
  if (value === null) return 'not set';
  return value.length > SHOWN_CHARACTERS ? `${value.slice(0, SHOWN_CHARACTERS)}…` : value;
}

/** Texts by dotted path. A list is one leaf, because its order counts; so is an empty object. */
function leavesOf(value: unknown): Map<string, string> {
  const leaves = new Map<string, string>();
  collect(value, '', leaves);
  return leaves;
}

function collect(value: unknown, path: string, leaves: Map<string, string>): void {
  if (value === undefined || value === null) return;
  const members = typeof value === 'object' && !Array.isArray(value) ? Object.entries(value) : [];
  if (members.length === 0) {
    leaves.set(path, typeof value === 'string' ? value : JSON.stringify(value));
    return;
  }
  for (const [key, member] of members) {
    collect(member, path === '' ? key : `${path}.${key}`, leaves);
  }
}
