/**
 * The features that a server may lack, each with the reason why this is no fault. To run the suite with a server that
 * lacks some, name them: `ES_CONTRACT_LACKS=security,reindex`. No other test is ever skipped.
 */
export const CAPABILITIES = {
  aggregations: 'The server keeps and finds documents, but does not group them.',
  'delete-by-query': 'Documents can only be deleted one by one.',
  'ilm-steps': 'Lifecycle policies are kept and assigned, but nothing carries them out.',
  'lifecycle-api': 'A data stream lifecycle comes from templates only; it has no API of its own.',
  reindex: 'The module that copies indices is not part of a server core.',
  security: 'Security is switched off or not part of the server: nobody has to say who they are.',
  'transform-late-documents':
    'Its transform engine is an imitation, and what it does with a late, older document is no evidence.',
  'transform-refresh':
    'It refreshes the source of a transform before each look, so nothing can be too late to be seen.',
  'transform-reset': 'Its transforms cannot be reset.',
  'transform-rules':
    'The endpoints of its transforms are a tool of their own, with fewer rules and other words for them.',
  'wildcard-type': 'A wildcard field is a keyword there and reads back as one.',
} as const;

export type Capability = keyof typeof CAPABILITIES;

/** The features that the server core of `stand-ins/elasticsearch-core/` lacks; its README has the same list. */
export const CORE_LACKS: readonly Capability[] = [
  'ilm-steps',
  'lifecycle-api',
  'reindex',
  'security',
  'transform-late-documents',
  'transform-refresh',
  'transform-reset',
  'transform-rules',
  'wildcard-type',
];

const NAMES = Object.keys(CAPABILITIES) as Capability[];

/** The features that ES_CONTRACT_LACKS names. @throws {Error} with the names that are no capability */
export function lackedCapabilities(given = process.env['ES_CONTRACT_LACKS']): Capability[] {
  const named = (given ?? '')
    .split(',')
    .flatMap((name) => (name.trim() === '' ? [] : [name.trim()]));
  return named.map((name) => {
    const found = NAMES.find((known) => known === name);
    if (found === undefined) {
      throw new Error(`ES_CONTRACT_LACKS: ${name} is none of ${NAMES.join(', ')}`);
    }
    return found;
  });
}

/** Why a test that needs these is skipped; false if the server has them all. */
export function skipReason(needs: readonly Capability[]): string | false {
  const lacked = lackedCapabilities().find((name) => needs.includes(name));
  return lacked === undefined ? false : skipText(lacked);
}

export function skipText(lacked: Capability): string {
  return `lacks ${lacked}: ${CAPABILITIES[lacked]}`;
}
