/** True if `name` matches a pattern, in which `*` stands for any number of characters. */
export function matchesPattern(pattern: string, name: string): boolean {
  if (!pattern.includes('*')) return pattern === name;
  return toRegExp(pattern).test(name);
}

export function isPattern(name: string): boolean {
  return name.includes('*');
}

const compiled = new Map<string, RegExp>();

function toRegExp(pattern: string): RegExp {
  let expression = compiled.get(pattern);
  if (expression === undefined) {
    const parts = pattern.split('*').map((part) => part.replaceAll(/[\\^$.|?+()[\]{}]/g, '\\$&'));
    expression = new RegExp(`^${parts.join('.*')}$`, 's');
    compiled.set(pattern, expression);
  }
  return expression;
}

/** True if some name matches both patterns: `logs-a*` and `*-b` overlap, `a*` and `b*` do not. */
export function patternsOverlap(one: string, other: string): boolean {
  const seen = new Map<number, boolean>();
  const overlap = (left: number, right: number): boolean => {
    const key = left * (other.length + 1) + right;
    const known = seen.get(key);
    if (known !== undefined) return known;
    seen.set(key, false);
    const result = step(left, right);
    seen.set(key, result);
    return result;
  };
  const step = (left: number, right: number): boolean => {
    const a = one[left];
    const b = other[right];
    if (a === undefined && b === undefined) return true;
    if (a === '*') return overlap(left + 1, right) || (b !== undefined && overlap(left, right + 1));
    if (b === '*') return overlap(left, right + 1) || (a !== undefined && overlap(left + 1, right));
    return a === b && a !== undefined && overlap(left + 1, right + 1);
  };
  return overlap(0, 0);
}
