import type { Owners } from '../owners.ts';
import type { ApiUser } from '../users.ts';
import { ControlError, optional, toFields, toList, toText } from './input.ts';

/** `{"accessId":"…","secretKey":"…","owners":["…"]}`: one more API user; without `owners` it sees all owners. */
export function toUser(body: unknown, owners: Owners): ApiUser {
  const fields = toFields(body, 'the body', ['accessId', 'secretKey', 'owners']);
  const names = optional(fields, 'owners', null, (value, what) =>
    toList(value, what).map((each) => toText(each, what)),
  );
  const unknown = names?.find((name) => !owners.list.some((owner) => owner.name === name));
  if (unknown !== undefined) throw new ControlError(`no owner ${JSON.stringify(unknown)}`);
  return {
    accessId: toText(fields['accessId'], '"accessId"'),
    secretKey: toText(fields['secretKey'], '"secretKey"'),
    owners: names === null ? null : new Set(names),
  };
}
