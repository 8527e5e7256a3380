/** Members of a transform's `_meta` that say something about this one transform, and are no part of its definition. */
const PAUSED = 'paused';

export const MARKS: readonly string[] = [PAUSED];

type Marked = { _meta?: Record<string, unknown> };

/** The marks of a transform, as `_meta` has them. An `_update` replaces `_meta`, so it must repeat them. */
export function marksOf({ _meta: meta = {} }: Marked): Record<string, unknown> {
  return Object.fromEntries(Object.entries(meta).filter(([name]) => MARKS.includes(name)));
}

/**
 * Why an operator keeps the transform stopped, in the operator's words (`_meta.paused: "cluster upgrade"`); empty if
 * there are none (`true`); `null` if it is not kept stopped.
 */
export function pausedFor({ _meta: meta }: Marked): string | null {
  const mark = meta?.[PAUSED];
  if (mark === undefined || mark === null || mark === false || mark === 'false') return null;
  return typeof mark === 'string' && mark !== 'true' ? mark : '';
}
