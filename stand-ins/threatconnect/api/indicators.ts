import { ApiError } from '../api-error.ts';
import type { Fault } from '../faults.ts';
import { selectFields } from '../fields.ts';
import { envelope } from '../paging.ts';
import { readList, valueOf, valuesOf } from '../parameters.ts';
import type { RecordStore } from '../record-store.ts';
import { indicatorsOf, namedSlots } from '../related/reach.ts';
import { worldOf, type World } from '../related/world.ts';
import { select } from '../select.ts';
import type { Simulator } from '../simulator.ts';
import { parseSorting } from '../sorting.ts';
import { keywordNamed } from '../tql/keywords.ts';
import { parseTql, type Expression } from '../tql/parse.ts';
import { toPlan, type Plan } from '../tql/plan.ts';
import { json, type Answer, type ApiRequest } from './answer.ts';
import { render } from './render.ts';

/**
 * `GET /v3/indicators`: one page of the records as they are now. Nothing is kept between pages, so a change between
 * two requests shifts the offsets.
 *
 * @see the vendor's "Indicators", "Filter Results With TQL" and "Enable Pagination" pages
 */
export function listIndicators(simulator: Simulator, request: ApiRequest): Answer {
  const { switches } = simulator;
  const list = readList(request.pairs, switches);
  const selection = selectFields(list.fields, switches);
  const keys = list.sorting === null ? [] : parseSorting(list.sorting, keywordNamed);
  const world = worldOf(simulator);
  const expression = list.tql === null ? null : parseTql(list.tql);
  const { store, orders } = searched(simulator, expression, world);
  const plan = toPlan(expression, indicatorsOf(world, store), world.query);
  if (switches.defaultStatus === 'all') plan.activeOnly = false;
  if (list.owner !== null) restrictToOwner(plan, store, list.owner);
  const count = list.count && list.start === 0;
  const range = { start: list.start, limit: list.limit, count };
  const found = select(store, plan, orders.get(keys), range);

  const slots = request.disorder ? firstAndLastSwapped(found.slots) : found.slots;
  const full = switches.nextToEmptyPage && slots.length === list.limit;
  const around = envelope({
    base: request.base,
    pairs: request.pairs,
    list,
    more: found.more || full,
    total: found.total,
  });
  const cost = { rows: slots.length, start: list.start, fields: list.fields.length };
  const isCount = list.count && list.limit === 1;
  const spoilt = spoiltBy(simulator, store, slots, { fields: list.fields, isCount });
  if (spoilt !== null) return { ...json(200, '', slots.length), cost, spoilt };
  const body = render(simulator, store, slots, selection, around);
  return { ...json(200, body, slots.length), cost };
}

/**
 * `GET /v3/indicators/{id|summary}`: also finds inactive indicators. A summary is searched in the API user's
 * Organization, or in `owner`.
 *
 * @throws {ApiError} 404
 */
export function getIndicator(simulator: Simulator, request: ApiRequest): Answer {
  const { store, switches } = simulator;
  const name = request.segments[1] ?? '';
  const fields = valuesOf(request.pairs, 'fields');
  const selection = selectFields(fields, switches);
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
  const spoilt = spoiltBy(simulator, store, [slot], { fields, isCount: false });
  if (spoilt !== null) return { ...json(200, '', 1), spoilt };
  const around = { head: '{"data":', tail: ',"status":"Success"}' };
  return json(200, render(simulator, store, [slot], selection, around), 1);
}

/** The store to search: the associated records of a crowd are not among the stored records. */
function searched(
  { store, orders, crowds }: Simulator,
  expression: Expression | null,
  world: World,
): Pick<Simulator, 'store' | 'orders'> {
  if (crowds.isEmpty) return { store, orders };
  const crowded = (namedSlots(expression, world) ?? []).filter(
    (slot) => crowds.sizeOf(slot).indicators > 0,
  );
  return crowded.length === 0 ? { store, orders } : crowds.neighbours(crowded);
}

function spoiltBy(
  { killers }: Simulator,
  store: RecordStore,
  slots: readonly number[],
  asked: { fields: readonly string[]; isCount: boolean },
): Fault | null {
  if (killers.isEmpty) return null;
  const ids = slots.map((slot) => store.columns.id[slot] ?? -1n);
  return killers.faultFor(ids, asked);
}

/** @see the vendor's "HTTP Status Codes" page: 403 for an owner that is unknown or not accessible */
export function unknownOwner(): ApiError {
  return new ApiError('forbidden', 'Access Denied');
}

function restrictToOwner(plan: Plan, store: RecordStore, name: string): void {
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
