import { setKey } from '../compatible/place.ts';
import { isObject, type Json, type JsonObject } from '../exact-json.ts';

/** Objects that stand for a person, in the source's spelling and in the document's. */
const PERSONS = new Set(['created_by', 'createdBy', 'user', 'assignee']);

const NAMES = new Set([
  'first_name',
  'firstName',
  'last_name',
  'lastName',
  'user_name',
  'userName',
  'pseudonym',
]);

const PASSWORDS = new Set(['password']);

/** Without the names of the source's users, at any depth. */
export function withoutPeople(value: Json): Json {
  return mapMembers(value, (key, member) =>
    key !== null && PERSONS.has(key) ? withoutKeys(member, NAMES) : withoutPeople(member),
  );
}

/** Without the passwords of malware archives, at any depth. */
export function withoutPasswords(value: Json): Json {
  return withoutKeys(value, PASSWORDS);
}

function withoutKeys(value: Json, keys: ReadonlySet<string>): Json {
  return mapMembers(value, (key, member) =>
    key !== null && keys.has(key) ? undefined : withoutKeys(member, keys),
  );
}

/**
 * An object or list with each member replaced; itself where nothing changes.
 *
 * @param map gets the member's key, `null` in a list; `undefined` removes the member
 */
function mapMembers(
  value: Json,
  map: (key: string | null, member: Json) => Json | undefined,
): Json {
  if (Array.isArray(value)) {
    const members = value.map((member) => map(null, member) ?? null);
    return members.every((member, index) => member === value[index]) ? value : members;
  }
  if (!isObject(value)) return value;
  let mapped: JsonObject | null = null;
  for (const key in value) {
    const member = value[key];
    if (member === undefined) continue;
    const left = map(key, member);
    if (left === member) continue;
    mapped ??= { ...value };
    setKey(mapped, key, left);
  }
  return mapped ?? value;
}
