/**
 * The subject of a finding. Each has a row in docs/status.md and is a value of the label `kind` of the metric
 * `tcsync_findings`.
 */
export const FINDING_KINDS = [
  'elasticsearch',
  'temporal',
  'assets',
  'write-block',
  'latest',
  'worker',
  'settings',
  'schedule',
  'state',
  'clock',
  'freshness',
  'failed-runs',
  'stuck-run',
  'paused-run',
  'runs',
  'last-run',
  'rejects',
] as const;

export type FindingKind = (typeof FINDING_KINDS)[number];

/** A fault, or something that a person should know. */
export type Finding = {
  kind: FindingKind;
  /** `attention`: a person is needed; `note`: it needs no person. */
  severity: 'attention' | 'note';
  /** Name of the feed; `null` if it concerns all feeds. */
  feed: string | null;
  /** ISO 8601; `null` if not known. */
  since: string | null;
  /** A sentence without a full stop. */
  what: string;
  /** The action to take, a sentence; `null` if there is none. */
  remedy: string | null;
};

type Told = Pick<Finding, 'what' | 'remedy'> & Partial<Pick<Finding, 'feed' | 'since'>>;

export function attention(kind: FindingKind, told: Told): Finding {
  return { kind, severity: 'attention', feed: null, since: null, ...told };
}

export function note(kind: FindingKind, told: Told): Finding {
  return { kind, severity: 'note', feed: null, since: null, ...told };
}
