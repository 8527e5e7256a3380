/** The indicators of an instance that a request is about; all conditions must hold. */
export type Selection = {
  /** Start of `lastModified`, inclusive; `null` for no bound. Instants in UTC and whole seconds. */
  from: string | null;
  /** End of `lastModified`, exclusive. */
  to: string | null;
  owners: readonly string[];
  ownerIds: readonly string[] | null;
  types: readonly string[];
  /** The operator's own filter. */
  tql: string | null;
  /** Only ids above this one. */
  afterId: string | null;
  /** Only ids below this one. */
  beforeId?: string | null;
  /** Only these ids. */
  ids?: readonly string[];
  /** Only this indicator: owner, type and summary together are unique. */
  record?: { owner: string; type: string; summary: string };
  /** Only indicators with one of these values. */
  summaries?: readonly string[];
  /** Only these; unset: ThreatConnect leaves out the inactive ones. */
  status?: 'inactive';
};

/** Everything that the account can see. */
export const EVERYTHING: Selection = {
  from: null,
  to: null,
  owners: [],
  ownerIds: null,
  types: [],
  tql: null,
  afterId: null,
};

/**
 * The selection as a TQL query. The operator's filter is put in parentheses, as it may hold an OR. Dates have `Z` and
 * no fraction, which the server is known to refuse at times.
 *
 * @see https://docs.threatconnect.com/en/latest/rest_api/v3/filter_results.html
 */
export function toTql(selection: Selection): string {
  const conditions: string[] = [];
  if (selection.from !== null) conditions.push(`lastModified >= ${quote(selection.from)}`);
  if (selection.to !== null) conditions.push(`lastModified < ${quote(selection.to)}`);
  if (selection.afterId !== null) conditions.push(`id > ${selection.afterId}`);
  const { beforeId = null, ids } = selection;
  if (beforeId !== null) conditions.push(`id < ${beforeId}`);
  if (ids !== undefined) {
    conditions.push(ids.length === 1 ? `id = ${ids[0]}` : `id IN (${ids.join(', ')})`);
  }
  if (selection.record !== undefined) {
    const { owner, type, summary } = selection.record;
    conditions.push(
      `ownerName = ${quote(owner)} AND typeName = ${quote(type)} AND summary = ${quote(summary)}`,
    );
  }
  const { summaries, status } = selection;
  if (summaries !== undefined) conditions.push(`summary IN (${list(summaries)})`);
  if (status === 'inactive') conditions.push('indicatorActive = false');
  if (selection.ownerIds !== null) conditions.push(`owner IN (${selection.ownerIds.join(', ')})`);
  if (selection.owners.length > 0) conditions.push(`ownerName IN (${list(selection.owners)})`);
  if (selection.types.length > 0) conditions.push(`typeName IN (${list(selection.types)})`);
  if (selection.tql !== null) conditions.push(`(${selection.tql})`);
  return conditions.join(' AND ');
}

function list(values: readonly string[]): string {
  return values.map(quote).join(', ');
}

function quote(text: string): string {
  return `"${text.replaceAll(/["'`\\]/g, (character) => `\\${character}`)}"`;
}
