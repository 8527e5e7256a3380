import { ApiError } from '../api-error.ts';
import { envelope } from '../paging.ts';
import { readList, valueOf } from '../parameters.ts';
import { printInstant } from '../record.ts';
import type { Simulator } from '../simulator.ts';
import { parseTqlDate } from '../tql/dates.ts';
import { json, type Answer, type ApiRequest } from './answer.ts';
import { unknownOwner } from './indicators.ts';

const DAY_MS = 86_400_000;

/**
 * `GET /v3/indicators/deleted`: the deleted indicators of one owner, without ids, forgotten after some days. `count` is
 * always present. Paging and order are not documented: newest first, paged like every other list.
 *
 * @throws {ApiError} 403 for an unknown owner, 400 for a `deletedSince` that is not a date
 * @see the vendor's "Indicators" page, "Retrieve Deleted Indicators"
 */
export function listDeleted(simulator: Simulator, request: ApiRequest): Answer {
  const { store, switches } = simulator;
  const list = readList(request.pairs, switches);
  const { owners } = store;
  const owner = list.owner === null ? owners.ownOrganization() : owners.visibleNamed(list.owner);
  if (owner === undefined || !owner.visible) throw unknownOwner();
  const type = valueOf(request.pairs, 'type');
  const nowMs = simulator.clock.nowMs();
  const since = valueOf(request.pairs, 'deletedSince');
  const sinceMs =
    since === null
      ? -Infinity
      : parseTqlDate(since, nowMs, { ...switches, dateFractions: 'accept' });
  if (sinceMs === null) throw new ApiError('badRequest', 'deletedSince is not a date');
  const fromMs = Math.max(sinceMs, nowMs - switches.deletedRetentionDays * DAY_MS);

  const rows = store.deletions.filter(
    ({ slot, deletedAtMs, listed }) =>
      listed &&
      deletedAtMs >= fromMs &&
      store.ownerName(slot) === owner.name &&
      (type === null || store.typeName(slot) === type),
  );
  const page = rows.toReversed().slice(list.start, list.start + list.limit);
  const texts = page.map(({ slot, deletedAtMs }) =>
    JSON.stringify({
      ownerName: owner.name,
      dateAdded: printInstant(
        switches.deletedDateAdded === 'deleted'
          ? deletedAtMs
          : (store.columns.dateAddedMs[slot] ?? 0),
      ),
      type: store.typeName(slot),
      summary: store.summary(slot),
    }),
  );
  const { head, tail } = envelope({
    base: request.base,
    pairs: request.pairs,
    list,
    more: list.start + list.limit < rows.length,
    total: rows.length,
  });
  return json(200, head + texts.join(',') + tail);
}
