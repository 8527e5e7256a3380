import { nestedIn } from '../nested.ts';
import type { RecordStore } from '../record-store.ts';
import { select } from '../select.ts';
import { indicatorVocabulary } from '../tql/indicators.ts';
import type { Expression } from '../tql/parse.ts';
import { conjunction, toPlan } from '../tql/plan.ts';
import { toPredicate, type Predicate, type Vocabulary } from '../tql/predicate.ts';
import { GROUPS } from './groups.ts';
import { INDICATOR_ATTRIBUTES } from './attributes.ts';
import { Item } from './item.ts';
import { vocabularyOf, type RelatedKind } from './kind.ts';
import { LABELS } from './labels.ts';
import { TAGS } from './tags.ts';
import type { World } from './world.ts';

/** The vocabulary of queries to `/v3/indicators`, with sub-queries. */
export function indicatorsOf(world: World, store: RecordStore = world.store): Vocabulary<number> {
  const inParts = (kind: RelatedKind, key: string) => (inner: Expression) => {
    const matches = toPredicate(inner, vocabularyOf(kind, world), world.query);
    return (slot: number): boolean =>
      nestedIn(store, slot, key).some(({ id, text }) => matches(new Item(id, text)));
  };
  const hasIndicator = (inner: Expression): Predicate<number> => {
    const ids = new Set(matchingSlots(inner, world).flatMap((slot) => neighbourIds(world, slot)));
    return (slot) => ids.has(store.columns.id[slot] ?? -1n);
  };
  const vocabulary = indicatorVocabulary(store, {
    hasindicator: hasIndicator,
    hasgroup: (inner) => {
      const ids = new Set(matchingGroups(inner, world).map(({ id }) => id));
      return (slot) => nestedIn(store, slot, 'associatedGroups').some(({ id }) => ids.has(id));
    },
    hasattribute: inParts(INDICATOR_ATTRIBUTES, 'attributes'),
    hastag: inParts(TAGS, 'tags'),
    hassecuritylabel: inParts(LABELS, 'securityLabels'),
  });
  return {
    ...vocabulary,
    // `associatedIndicator = N` is the short form of `hasIndicator(id = N)`
    refine: (test, column, evaluate) => {
      if (column.name !== 'associatedIndicator' || test.operator === 'null') {
        return vocabulary.refine?.(test, column, evaluate) ?? evaluate;
      }
      const found = hasIndicator({ ...test, keyword: 'id', negated: false });
      return test.negated ? (slot) => !found(slot) : found;
    },
  };
}

/** Live visible indicators that an inner query finds, active or not. */
export function matchingSlots(inner: Expression, world: World): number[] {
  const plan = toPlan(inner, indicatorsOf(world), world.query);
  plan.activeOnly = false;
  const all = { start: 0, limit: Infinity, count: false };
  return select(world.store, plan, { by: 'id', descending: false }, all).slots;
}

/** Visible groups that an inner query finds. */
export function matchingGroups(inner: Expression, world: World): Item[] {
  const matches = toPredicate(inner, vocabularyOf(GROUPS, world), world.query);
  return GROUPS.rows(world, namedSlots(inner, world)).filter(matches);
}

/** Whether an item's parent is among the indicators that an inner query finds. */
export function underIndicator(world: World) {
  return (inner: Expression): Predicate<Item> => {
    const slots = matchingSlots(inner, world);
    const ids = new Set(slots.map((slot) => world.store.columns.id[slot] ?? -1n));
    return ({ around }) => around.parent !== undefined && ids.has(around.parent);
  };
}

/** Ids of the indicators that a record is associated with. */
export function neighbourIds({ store, crowds }: World, slot: number): bigint[] {
  const stored = nestedIn(store, slot, 'associatedIndicators').map(({ id }) => id);
  return [...stored, ...crowds.indicatorIdsOf(slot)];
}

const SHORT_FORMS = new Set(['associatedindicator', 'indicatorid']);

/**
 * The indicators that a query names, with `hasIndicator(id = N)` or its short forms; `null` if it names none, so that
 * every record must be tested.
 */
export function namedSlots(expression: Expression | null, world: World): number[] | null {
  for (const term of expression === null ? [] : conjunction(expression)) {
    if (term.kind === 'subquery' && term.keyword.toLowerCase() === 'hasindicator') {
      return matchingSlots(term.inner, world);
    }
    if (term.kind !== 'test' || term.negated) continue;
    if (!SHORT_FORMS.has(term.keyword.toLowerCase())) continue;
    if (term.operator === '=' || term.operator === 'in') {
      return matchingSlots({ ...term, keyword: 'id' }, world);
    }
  }
  return null;
}
