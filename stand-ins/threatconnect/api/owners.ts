import { ApiError } from '../api-error.ts';
import { envelope } from '../paging.ts';
import { readList } from '../parameters.ts';
import type { Simulator } from '../simulator.ts';
import { json, type Answer, type ApiRequest } from './answer.ts';

const PERMISSIONS = 'Indicator Group Post Victim Attribute Users SecurityLabel Tag AttributeType'
  .concat(' Settings Members CopyData Invite Publish')
  .split(' ')
  .map((name) => [`perm${name}`, 'READ'] as const);

/**
 * `GET /v3/security/owners`: the owners that the API user sees, with the usual paging.
 *
 * @see the vendor's "Owners" page
 */
export function listOwners({ store, switches }: Simulator, request: ApiRequest): Answer {
  const list = readList(request.pairs, switches);
  if (list.tql !== null) {
    throw new ApiError('badRequest', 'tql on owners is not supported yet by this stand-in');
  }
  const visible = store.owners.list.filter((owner) => owner.visible);
  const page = visible.slice(list.start, list.start + list.limit).map(({ id, name, type }) =>
    JSON.stringify({
      id,
      name,
      type,
      ownerRole: type === 'Organization' ? 'Organization Administrator' : 'User',
      ...Object.fromEntries(PERMISSIONS),
    }),
  );
  const { head, tail } = envelope({
    base: request.base,
    pairs: request.pairs,
    list,
    more: list.start + list.limit < visible.length,
    total: list.count ? visible.length : null,
  });
  return json(200, head + page.join(',') + tail);
}
