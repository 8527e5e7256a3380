/** Known names that resemble a wrong one, most alike first; likeness is 1 minus edits by length, as in the real server. */
export function similarNames(wrong: string, known: Iterable<string>, threshold: number): string[] {
  return [...known]
    .map((name) => ({
      name,
      likeness: 1 - edits(wrong, name) / Math.max(wrong.length, name.length, 1),
    }))
    .filter(({ likeness }) => likeness > threshold)
    .sort((a, b) => b.likeness - a.likeness || (a.name < b.name ? -1 : 1))
    .map(({ name }) => name);
}

/** Levenshtein distance: insertions, deletions and replacements of one character. */
function edits(one: string, other: string): number {
  let previous = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let row = 1; row <= one.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const replaced = (previous[column - 1] ?? 0) + (one[row - 1] === other[column - 1] ? 0 : 1);
      const removed = (previous[column] ?? 0) + 1;
      const added = (current[column - 1] ?? 0) + 1;
      current.push(Math.min(replaced, removed, added));
    }
    previous = current;
  }
  return previous[other.length] ?? 0;
}
