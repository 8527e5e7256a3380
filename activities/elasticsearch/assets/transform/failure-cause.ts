/** Why a transform has failed. */
export type FailureCause = {
  kind: 'credentials' | 'document' | 'write-block' | 'missing' | 'other';
  /** A clause, such as `its credentials are refused`. */
  what: string;
  /** What a person does if a restart does not help. */
  remedy: string;
};

const CAUSES: readonly (FailureCause & { pattern: RegExp })[] = [
  {
    kind: 'write-block',
    pattern: /cluster_block_exception|blocked by: ?\[/i,
    what: 'its index accepts no writes',
    remedy: 'remove the write block of the index (GET <index>/_settings/index.blocks* shows it)',
  },
  {
    kind: 'document',
    pattern:
      /document_parsing_exception|mapper_parsing_exception|strict_dynamic_mapping_exception|failed to parse/i,
    what: 'its index refuses a document',
    remedy:
      'correct the mapping of the index, or replace the index (`npx tcsync apply --replace-latest`)',
  },
  {
    kind: 'credentials',
    pattern:
      /unauthori[sz]ed|security_?exception|unable to authenticate|missing authentication|lacks the required permissions|api key/i,
    what: 'its credentials are refused',
    remedy:
      'give the key or user of this program the missing privilege: `npx tcsync check` names it',
  },
  {
    kind: 'missing',
    pattern: /no such index|index_?not_?found|could not be found|does not exist|not found/i,
    what: 'something that it needs does not exist',
    remedy: 'create what is missing',
  },
];

const OTHER: FailureCause = {
  kind: 'other',
  what: 'for a reason that this program does not know',
  remedy: 'correct the cause',
};

/**
 * Recognises the cause by the text that Elasticsearch gives, since there is no code. The text itself must reach no
 * report: it may quote a document.
 *
 * @see https://github.com/elastic/elasticsearch/blob/main/x-pack/plugin/transform/src/main/java/org/elasticsearch/xpack/transform/transforms/TransformFailureHandler.java
 */
export function failureCause(reason: string | undefined): FailureCause {
  return CAUSES.find(({ pattern }) => pattern.test(reason ?? '')) ?? OTHER;
}
