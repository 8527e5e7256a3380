/**
 * A named selection of an instance's indicators. Empty lists and a missing filter select everything that is visible.
 */
export type Feed = {
  name: string;
  /** Owner names. */
  owners: readonly string[];
  /** Indicator types, `Address`, `URL` … */
  types: readonly string[];
  /** The operator's own TQL filter. */
  tql: string | null;
  /** Optional parts that are requested with each record, as in the API's parameter `fields`. */
  fields: readonly string[];
  syncEveryMs: number;
};

/** An owner as ThreatConnect names it: an organization, a community or a source. */
export type Owner = { id: string; name: string };
