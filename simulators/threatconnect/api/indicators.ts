import { ApiError } from '../api-error.ts';
import { selectFields } from '../fields.ts';
import { envelope } from '../paging.ts';
import { readList, valueOf, valuesOf } from '../parameters.ts';
import { select } from '../select.ts';
import type { Simulator } from '../simulator.ts';
import { parseSorting } from '../sorting.ts';
import { parseTql } from '../tql/parse.ts';
import { toPlan, type Plan } from '../tql/plan.ts';
import { json, type Answer, type ApiRequest } from './answer.ts';

/**
 * `GET /v3/indicators`: one page, evaluated on the records as they are now. Nothing is kept from page to page, so
 * what changes between two requests shifts offsets.
 *
 * @see the vendor's "Indicators", "Filter Results With TQL" and "Enable Pagination" pages
 */
export function listIndicators(simulator: Simulator, request: ApiRequest): Answer {
  const { store, switches, orders } = simulator;
  const list = readList(request.pairs, switches);
  const selection = selectFields(list.fields);
  const order = orders.get(list.sorting === null ? [] : parseSorting(list.sorting));
  const context = { nowMs: simulator.clock.nowMs(), switches };
  const plan = toPlan(list.tql === null ? null : parseTql(list.tql), store, context);
  if (list.owner !== null) restrictToOwner(plan, simulator, list.owner);
  const count = list.count && list.start === 0;
  const found = select(store, plan, order, { start: list.start, limit: list.limit, count });

  const slots = request.disorder ? firstAndLastSwapped(found.slots) : found.slots;
  const full = switches.nextToEmptyPage && slots.length === list.limit;
  const { head, tail } = envelope({
    base: request.base,
    pairs: request.pairs,
    list,
    more: found.more || full,
    total: found.total,
  });
  return json(200, simulator.damages.join(store, slots, selection, head, tail), slots.length);
}

/**
 * `GET /v3/indicators/{id|summary}`: inactive ones too; by summary in the API user's Organization, or in `owner`.
 *
 * @throws {ApiError} 404
 */
export function getIndicator({ store, damages }: Simulator, request: ApiRequest): Answer {
  const name = request.segments[1] ?? '';
  const selection = selectFields(valuesOf(request.pairs, 'fields'));
  const ownerName = valueOf(request.pairs, 'owner');
  const owner =
    ownerName === null ? store.owners.ownOrganization() : store.owners.visibleNamed(ownerName);
  if (owner === undefined && ownerName !== null) throw unknownOwner();
  const byId = /^\d{1,19}$/.test(name) ? store.find(BigInt(name)) : undefined;
  const slot =
    byId ?? store.withSummary(name).find((each) => store.ownerName(each) === owner?.name);
  if (slot === undefined || store.isDeleted(slot) || !store.isVisible(slot)) {
    throw new ApiError('notFound', 'The requested resource was not found');
  }
  return json(200, damages.join(store, [slot], selection, '{"data":', ',"status":"Success"}'), 1);
}

/** @see the vendor's "HTTP Status Codes" page: 403 for an owner that is unknown or not accessible */
export function unknownOwner(): ApiError {
  return new ApiError('forbidden', 'Access Denied');
}

function restrictToOwner(plan: Plan, { store }: Simulator, name: string): void {
  const owner = store.owners.visibleNamed(name);
  if (owner === undefined) throw unknownOwner();
  const index = store.owners.list.indexOf(owner);
  const { residual } = plan;
  plan.residual = (slot) =>
    store.columns.owner[slot] === index && (residual === null || residual(slot));
}

function firstAndLastSwapped(slots: readonly number[]): readonly number[] {
  const first = slots[0];
  const last = slots.at(-1);
  if (first === undefined || last === undefined || slots.length < 2) return slots;
  return [last, ...slots.slice(1, -1), first];
}
