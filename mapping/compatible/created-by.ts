import { isObject, type Json, type JsonObject } from '../exact-json.ts';
import { convertElementValue } from './changes.ts';
import { keep, string, type Conversion } from './conversions.ts';
import type { Elements } from './elements.ts';
import type { MappingErrors } from './errors.ts';
import { place, setKey } from './place.ts';
import { listOf } from './shape.ts';
import { addText } from './texts.ts';

const TARGETS: ReadonlyMap<string, readonly [key: string, conversion: Conversion]> = new Map([
  ['id', ['id', string]],
  ['firstName', ['first_name', keep]],
  ['lastName', ['last_name', keep]],
  ['owner', ['owner', keep]],
  ['pseudonym', ['pseudonym', keep]],
  ['userName', ['user_name', keep]],
]);

/** Moves an element's `createdBy` to `created_by`. What it holds besides stays under the old name. */
export function moveCreator(
  changed: JsonObject,
  errors: MappingErrors,
  pathOf: (key: string) => string,
): void {
  const { createdBy } = changed;
  if (!isObject(createdBy)) return;
  const rest: JsonObject = {};
  for (const key of Object.keys(createdBy)) {
    const value = createdBy[key];
    const target = TARGETS.get(key);
    if (target === undefined) {
      setKey(rest, key, value);
    } else if (value !== null && value !== undefined) {
      const path = (): string => pathOf(`createdBy.${key}`);
      const converted = convertElementValue(value, target[1], errors, path);
      if (converted !== undefined) place(changed, ['created_by', target[0]], converted);
    }
  }
  changed.createdBy = rest;
}

/** `related.user`: the user of an e-mail address, then the people who made groups, then attributes. */
export function relatedUsers(
  userName: Json | undefined,
  groups: Elements,
  attributes: Elements,
): Json[] | undefined {
  const users = new Set<string>();
  addText(users, userName);
  for (const elements of [groups, attributes]) {
    const creators = elements.map((element) => element?.createdBy).filter(isObject);
    for (const key of ['firstName', 'lastName', 'userName']) {
      for (const creator of creators) addText(users, creator[key]);
    }
  }
  return listOf(users);
}
