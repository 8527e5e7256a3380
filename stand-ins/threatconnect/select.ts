import { ACTIVE, DELETED } from './columns.ts';
import type { RecordStore } from './record-store.ts';
import { MAX_ID } from './record.ts';
import { sortSlots, type Order } from './sorting.ts';
import type { Plan } from './tql/plan.ts';

export interface Range {
  /** Zero-based offset into the matches. */
  start: number;
  limit: number;
  /** Goes through all matches to count them. */
  count: boolean;
}

export interface Selected {
  slots: number[];
  /** Whether matches follow after the page. */
  more: boolean;
  /** Number of all matches; `null` if they were not counted. */
  total: number | null;
}

/** Slots in the order of the answer, from `from` to `to`, without `to`. */
interface Walk {
  slots: Uint32Array;
  from: number;
  to: number;
  step: 1 | -1;
}

/** Finds one page of the records that match a plan at this moment. */
export function select(store: RecordStore, plan: Plan, order: Order, range: Range): Selected {
  const { columns } = store;
  const { lastModifiedMs, flags, owner, id } = columns;
  const { fromMs, toMs, residual, fromId, toId } = plan;
  const visible = Uint8Array.from(store.owners.list, (each) => (each.visible ? 1 : 0));
  const wantedFlags = plan.activeOnly ? ACTIVE : 0;
  const seenFlags = plan.activeOnly ? ACTIVE | DELETED : DELETED;
  const { slots, from, to, step } = toWalk(store, plan, order);
  const boundedIds = order.by === 'list' && (fromId > 0n || toId < MAX_ID);

  const page: number[] = [];
  let matches = 0;
  for (let at = from; at !== to; at += step) {
    const slot = slots[at] ?? 0;
    if (((flags[slot] ?? 0) & seenFlags) !== wantedFlags) continue;
    const modifiedMs = lastModifiedMs[slot] ?? 0;
    if (modifiedMs < fromMs || modifiedMs >= toMs) continue;
    if (visible[owner[slot] ?? 0] !== 1) continue;
    if (boundedIds && ((id[slot] ?? 0n) < fromId || (id[slot] ?? 0n) > toId)) continue;
    if (residual !== null && !residual(slot)) continue;
    matches++;
    if (matches <= range.start) continue;
    if (page.length < range.limit) page.push(slot);
    else if (!range.count) break;
  }
  return {
    slots: page,
    more: matches > range.start + page.length,
    total: range.count ? matches : null,
  };
}

function toWalk(store: RecordStore, plan: Plan, order: Order): Walk {
  const slots = plan.ids === null ? store.byId : Uint32Array.from(namedSlots(store, plan));
  if (order.by === 'list') {
    const sorted = plan.ids === null ? order.slots : sortSlots(store, slots, order.keys);
    return { slots: sorted, from: 0, to: sorted.length, step: 1 };
  }
  const from = plan.ids === null ? store.firstAtOrAbove(plan.fromId) : 0;
  const above = plan.ids === null ? store.firstAtOrAbove(plan.toId + 1n) : slots.length;
  const to = Math.max(from, above);
  return order.descending
    ? { slots, from: to - 1, to: from - 1, step: -1 }
    : { slots, from, to, step: 1 };
}

/** Slots of the ids that the plan names, ascending, inside its bounds. */
function namedSlots(store: RecordStore, plan: Plan): number[] {
  const slots: number[] = [];
  for (const id of plan.ids ?? []) {
    const slot = id < plan.fromId || id > plan.toId || id < 0n ? undefined : store.find(id);
    if (slot !== undefined) slots.push(slot);
  }
  return slots;
}
