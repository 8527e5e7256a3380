import { hashText } from '../columns.ts';
import type { RecordStore } from '../record-store.ts';
import { isKnownButUnsupported, KEYWORDS } from './keywords.ts';
import type { Column } from './match.ts';
import type { Test } from './parse.ts';
import type { Predicate, Vocabulary } from './predicate.ts';

/** The vocabulary of queries to `/v3/indicators`; rows are slots of the store. */
export function indicatorVocabulary(
  store: RecordStore,
  subQueries: Vocabulary<number>['subQueries'],
): Vocabulary<number> {
  return {
    columns: KEYWORDS.map((keyword) => ({
      ...keyword,
      read: (slot: number) => keyword.read(store, slot),
    })),
    isUnsupported: isKnownButUnsupported,
    subQueries,
    refine: (test, column, evaluate) => refine(store, test, column, evaluate),
  };
}

function refine(
  store: RecordStore,
  test: Test,
  { name }: Column,
  evaluate: Predicate<number>,
): Predicate<number> {
  const keyword = KEYWORDS.find((each) => each.name === name);
  if (keyword?.column !== undefined) return byColumn(keyword.column, evaluate, store);
  if (name === 'summary' && (test.operator === '=' || test.operator === 'in')) {
    return byHash(test, evaluate, store);
  }
  return evaluate;
}

/** Remembers the result for each value of a column that has few different values. */
function byColumn(
  column: 'owner' | 'type',
  evaluate: Predicate<number>,
  store: RecordStore,
): Predicate<number> {
  const outcomes = new Map<number, boolean>();
  return (slot) => {
    const entry = store.columns[column][slot] ?? 0;
    let outcome = outcomes.get(entry);
    if (outcome === undefined) outcomes.set(entry, (outcome = evaluate(slot)));
    return outcome;
  };
}

/** Reads a summary only if its hash says that it may be equal. */
function byHash(test: Test, evaluate: Predicate<number>, store: RecordStore): Predicate<number> {
  const hashes = new Set(test.operands.map(({ value }) => hashText(String(value))));
  return (slot) =>
    hashes.has(store.columns.summaryHash[slot] ?? 0) ? evaluate(slot) : test.negated;
}
