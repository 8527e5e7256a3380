import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, describe, test } from 'node:test';
import { FAILURE_TYPES } from '../../../contracts/failures.ts';

describe('who looks up a failure in docs/operations.md', () => {
  let rows: string[][] = [];
  before(() => {
    const page = readFileSync(new URL('../../../docs/operations.md', import.meta.url), 'utf8');
    rows = page
      .split('\n')
      .filter((line) => line.startsWith('| `'))
      .map((line) =>
        line
          .split(/(?<!\\)\|/)
          .slice(1, -1)
          .map((cell) => cell.trim()),
      );
  });

  for (const type of FAILURE_TYPES) {
    test(`finds what ${type} means, what happens by itself and what to do`, () => {
      const found = rows.filter(([first]) => first === `\`${type}\``);
      assert.equal(found.length, 1);
      assert.equal(found[0]?.length, 4);
      assert.ok(found[0]?.every((cell) => cell !== ''));
    });
  }
});
