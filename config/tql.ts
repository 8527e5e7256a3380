import { Problem } from './problem.ts';

const STRING = /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'/gs;

/**
 * Checks an operator's own filter so far as it can break what the program puts around it: the filter is
 * joined to the window in parentheses, so it must not close them.
 *
 * @see https://docs.threatconnect.com/en/latest/rest_api/v3/filter_results.html strings are in double or
 *   single quotes with backslash escapes; keywords are case-insensitive
 */
export function parseTql(tql: string): string | Problem {
  if (tql.trim() === '') return new Problem('is blank');
  const bare = tql.replaceAll(STRING, ' ');
  if (/["']/.test(bare)) return new Problem('has a quote that is not closed');
  if (!isBalanced(bare)) return new Problem('has parentheses that do not match');
  if (/\bindicatorActive\b/i.test(bare)) {
    return new Problem(
      'names indicatorActive: an indicator that becomes inactive has ended, and its end would be lost',
    );
  }
  return tql;
}

function isBalanced(bare: string): boolean {
  let depth = 0;
  for (const [parenthesis] of bare.matchAll(/[()]/g)) {
    depth += parenthesis === '(' ? 1 : -1;
    if (depth < 0) return false;
  }
  return depth === 0;
}
