import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { FAILURE_TYPES } from '../../../contracts/failures.ts';

describe('docs/operations.md', () => {
  const page = readFileSync(new URL('../../../docs/operations.md', import.meta.url), 'utf8');
  const sections = page.split(/^#{2,3} /m);

  for (const type of FAILURE_TYPES) {
    test(`says what ${type} means, what happens by itself and what to do`, () => {
      const found = sections.filter((section) => section.startsWith(`\`${type}\`\n`));
      assert.equal(found.length, 1);
      assert.match(found[0] ?? '', /^`\w+`\n\n.+[^]*\n\n- By itself: .+[^]*\n- What you do: ./);
    });
  }
});
