import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { wrapped } from '../config/settings-docs.ts';

const DOCUMENT = new URL('../docs/reliability.md', import.meta.url);
/** `npm run reliability` sets WRITE_RELIABILITY: then the tests write the document instead of checking it. */
const WRITES = process.env.WRITE_RELIABILITY === '1';

/** What happened after each fault, in each place. */
export class FaultTable<Place extends string> {
  readonly #places: readonly Place[];
  readonly #rows = new Map<string, Map<Place, string>>();

  /** @param places all of them; a fault that does the same in all is said to happen anywhere */
  constructor(places: readonly Place[]) {
    this.#places = places;
  }

  add(fault: string, place: Place, told: string): void {
    const row = this.#rows.get(fault) ?? new Map<Place, string>();
    row.set(place, told);
    this.#rows.set(fault, row);
  }

  /** A Markdown list; places where the same happens share an item. */
  toItems(): string {
    const items = [...this.#rows].flatMap(([fault, row]) => {
      const groups = Map.groupBy(row, ([, told]) => told);
      return [...groups].map(([told, some]) => {
        const isAnywhere = some.length === this.#places.length;
        const where = isAnywhere ? 'anywhere' : some.map(([place]) => place).join(', ');
        return wrapped(`- **${fault}**, ${where}: ${told}`, '  ');
      });
    });
    return items.join('');
  }
}

/**
 * Holds a part of docs/reliability.md to what the tests before have seen.
 * @param heading of the part, which ends before the next one
 */
export function keepPart(heading: string, toText: () => string): void {
  test(`docs/reliability.md tells what was seen: ${heading}`, () => {
    const document = readFileSync(DOCUMENT, 'utf8');
    const [, before = '', part, after = ''] =
      new RegExp(`^(.*\n## ${heading}\n\n)(.*?)(\n?## .*)$`, 's').exec(document) ?? [];
    if (WRITES) writeFileSync(DOCUMENT, `${before}${toText()}\n${after.trimStart()}`);
    else assert.equal(part, toText());
  });
}
