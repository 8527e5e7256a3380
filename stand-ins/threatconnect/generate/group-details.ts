import { attribute, securityLabels, tags } from './parts.ts';
import { Random } from './random.ts';
import { collection, sentences, type Members } from './text.ts';

const OWNER = 'Acme Intelligence';
const DATE_MS = Date.UTC(2026, 0, 9, 21, 0, 11);

/** Attributes, labels and tags of a generated group. The same id gives the same ones. */
export function groupDetails(id: bigint): Members {
  const random = new Random(Number(id & 0xffff_ffffn));
  const attributes = Array.from({ length: random.int(0, 2) }, (_unused, index) =>
    attribute({
      id: Number(id % 1_000_000n) * 4 + index,
      type: index === 0 ? 'Description' : 'Additional Analysis and Context',
      value: sentences(random, random.int(4, 20)),
      isDefault: index === 0,
      dateMs: DATE_MS,
      ownerName: OWNER,
    }),
  );
  return [
    ['attributes', collection(attributes)],
    ['securityLabels', securityLabels(random)],
    ['tags', tags(random, DATE_MS, OWNER)],
  ];
}
