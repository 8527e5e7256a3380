import type { Owner } from '../owners.ts';

/** Names with characters that often break in queries: a letter that is not ASCII, an ampersand, a quote, a blank. */
export const GENERATED_OWNERS: readonly Owner[] = [
  { id: 12, name: 'Acme Intelligence', type: 'Organization', visible: true },
  { id: 17, name: 'Acme Feed', type: 'Source', visible: true },
  { id: 23, name: 'Café & Co', type: 'Community', visible: true },
  { id: 9_001, name: "O'Neill Source", type: 'Source', visible: true },
];
