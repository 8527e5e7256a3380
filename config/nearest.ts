/**
 * The candidate with the fewest edits, at most a third of the length of the name. A candidate that has all words of the
 * name, or only words of it, counts as one edit: `TC_SECRET` for `TC_SECRET_KEY`. `null` if there is none.
 */
export function nearest(name: string, candidates: readonly string[]): string | null {
  let best: string | null = null;
  let fewest = Math.floor(name.length / 3) + 1;
  for (const candidate of candidates) {
    const edits = sharesWords(name, candidate) ? 1 : editsBetween(name, candidate);
    if (edits < fewest) [best, fewest] = [candidate, edits];
  }
  return best;
}

function sharesWords(name: string, candidate: string): boolean {
  const [words, others] = [new Set(name.split('_')), new Set(candidate.split('_'))];
  return words.size > 1 && (words.isSubsetOf(others) || others.isSubsetOf(words));
}

/** Levenshtein distance, row by row. */
function editsBetween(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (const [index, letter] of Array.from(from).entries()) {
    const next = [index + 1];
    for (const [column, other] of Array.from(to).entries()) {
      const replaced = (row[column] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
