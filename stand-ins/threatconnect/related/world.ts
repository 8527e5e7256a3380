import type { Simulator } from '../simulator.ts';
import type { QueryContext } from '../tql/match.ts';

/** The state that a query over several lists reads. */
export type World = Pick<Simulator, 'store' | 'groups' | 'crowds' | 'switches'> & {
  query: QueryContext;
};

export function worldOf(simulator: Simulator): World {
  const { store, groups, crowds, switches, clock } = simulator;
  return { store, groups, crowds, switches, query: { nowMs: clock.nowMs(), switches } };
}

/** Live records of visible owners, active or not. */
export function seenSlots({ store }: World): number[] {
  const slots: number[] = [];
  for (let at = 0; at < store.size; at++) {
    const slot = store.byId[at] ?? 0;
    if (!store.isDeleted(slot) && store.isVisible(slot)) slots.push(slot);
  }
  return slots;
}
