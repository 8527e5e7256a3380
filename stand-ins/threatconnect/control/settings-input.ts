import type { Clock } from '../clock.ts';
import type { Credentials } from '../credentials.ts';
import type { Owner, Owners, OwnerType } from '../owners.ts';
import { ControlError, optional, toFields, toInteger, toOneOf, toText } from './input.ts';

/** `{"nowMs"}` stops the clock there, `{"advanceMs"}` moves it, `{"offsetMs"}` or `{"real":true}` lets it run. */
export function setClock(clock: Clock, body: unknown): void {
  const fields = toFields(body, 'the body', ['nowMs', 'advanceMs', 'offsetMs', 'real']);
  const [key, ...more] = Object.keys(fields);
  if (key === undefined || more.length > 0) {
    throw new ControlError('give one of nowMs, advanceMs, offsetMs, real');
  }
  if (key === 'real') clock.run(0);
  else if (key === 'nowMs') clock.set(toInteger(fields[key], '"nowMs"', 0));
  else if (key === 'advanceMs') clock.advance(toInteger(fields[key], '"advanceMs"', -Infinity));
  else clock.run(toInteger(fields[key], '"offsetMs"', -Infinity));
}

/** Replaces the given credentials. The old ones are refused from now on. */
export function setCredentials(credentials: Credentials, body: unknown): void {
  const known = ['accessId', 'secretKey', 'apiToken', 'apiTokenExpiresMs'];
  const fields = toFields(body, 'the body', known);
  const orNull =
    <T>(read: (value: unknown, what: string) => T) =>
    (value: unknown, what: string): T | null =>
      value === null ? null : read(value, what);
  const next: Credentials = {
    accessId: optional(fields, 'accessId', credentials.accessId, toText),
    secretKey: optional(fields, 'secretKey', credentials.secretKey, toText),
    apiToken: optional(fields, 'apiToken', credentials.apiToken, orNull(toText)),
    apiTokenExpiresMs: optional(
      fields,
      'apiTokenExpiresMs',
      credentials.apiTokenExpiresMs,
      orNull((value, what) => toInteger(value, what, 0)),
    ),
  };
  Object.assign(credentials, next);
}

/** `{"add":{"name","type"?,"id"?}}`, `{"hide":"name"}`, `{"show":"name"}`; also several together. */
export function setOwners(owners: Owners, body: unknown): void {
  const fields = toFields(body, 'the body', ['add', 'hide', 'show']);
  const hide = optional(fields, 'hide', null, namedOwner(owners));
  const show = optional(fields, 'show', null, namedOwner(owners));
  const add = optional(fields, 'add', null, (value) => newOwner(owners, value));
  if (hide !== null) hide.visible = false;
  if (show !== null) show.visible = true;
  if (add !== null) owners.add(add);
}

function newOwner(owners: Owners, value: unknown): Owner {
  const fields = toFields(value, '"add"', ['id', 'name', 'type']);
  const types: readonly OwnerType[] = ['Organization', 'Community', 'Source'];
  const name = toText(fields['name'], '"name"');
  if (owners.list.some((owner) => owner.name === name)) {
    throw new ControlError(`the owner ${JSON.stringify(name)} exists`);
  }
  return {
    id: optional(fields, 'id', owners.freeId(), (id, what) => toInteger(id, what, 1)),
    name,
    type: optional(fields, 'type', 'Source', (type, what) => toOneOf(type, what, types)),
    visible: true,
  };
}

function namedOwner(owners: Owners): (value: unknown, what: string) => Owner {
  return (value, what) => {
    const name = toText(value, what);
    const owner = owners.list.find((known) => known.name === name);
    if (owner === undefined) throw new ControlError(`${what}: no owner ${JSON.stringify(name)}`);
    return owner;
  };
}
