import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';

const ROOT = join(import.meta.dirname, '../../..');
const WIDEST_ROW = 140;
const README_BYTES = 12 * 1024;

const pages = execFileSync('git', ['ls-files', '*.md'], { cwd: ROOT, encoding: 'utf8' })
  .split('\n')
  .filter((page) => page !== '' && existsSync(join(ROOT, page)));

/** The text of a page outside of code blocks. */
function read(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8').replaceAll(/^ *```[^]*?^ *```$/gm, '');
}

/** The anchors that GitHub makes from headings. */
function anchors(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

describe('markdown', () => {
  for (const page of pages) {
    test(`${page} has tables that can be read as text`, () => {
      for (const row of read(page).split('\n')) {
        if (!row.startsWith('|')) continue;
        assert.ok(row.length <= WIDEST_ROW, `too wide, write a list: ${row}`);
        assert.doesNotMatch(row, / {2,}|-{4,}/, 'padded');
      }
    });

    test(`${page} has no dead link`, () => {
      for (const [, target = ''] of read(page).matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^[a-z]+:/.test(target)) continue;
        const [path = '', anchor] = target.split('#');
        const file = path === '' ? page : join(dirname(page), path);
        assert.ok(existsSync(join(ROOT, file)), target);
        if (anchor !== undefined) assert.ok(anchors(read(file)).includes(anchor), target);
      }
    });
  }

  test('the README stays short', () => {
    const { length } = readFileSync(join(ROOT, 'README.md'));
    assert.ok(length <= README_BYTES, `${length} bytes`);
  });
});
