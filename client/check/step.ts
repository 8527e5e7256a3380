/** One line of the report; with `--json`, one element of `steps`. */
export type Step = {
  /** Does not change between versions of tcsync: `credentials`, `feed default`. */
  name: string;
  /** `warning`: it works, but a person should look at it. `skipped`: a step that it needs has failed. */
  state: 'ok' | 'warning' | 'failed' | 'skipped';
  /** The finding, one sentence. */
  detail: string;
  /** What to do, one sentence on each line; `null` if there is nothing to do. */
  remedy: string | null;
};

export type Outcome = Omit<Step, 'name'>;

export function ok(detail: string): Outcome {
  return { state: 'ok', detail, remedy: null };
}

export function warning(detail: string, remedy: string): Outcome {
  return { state: 'warning', detail, remedy };
}

export function failed(detail: string, remedy: string): Outcome {
  return { state: 'failed', detail, remedy };
}

export function skipped(detail: string): Outcome {
  return { state: 'skipped', detail, remedy: null };
}

/** Formats a step for people: the state, the finding, and the remedy below it. */
export function stepText({ state, detail, remedy }: Step): string {
  const rows = [`${state.padEnd(STATE_WIDTH)}${detail}`];
  for (const row of remedy?.split('\n') ?? []) rows.push(`${' '.repeat(STATE_WIDTH)}${row}`);
  return `${rows.join('\n')}\n`;
}

/** Length of the longest state and two spaces. */
const STATE_WIDTH = 'skipped'.length + 2;

/** `A, B and 3 more` */
export function listed(names: readonly string[], shown = 20): string {
  if (names.length <= shown) return names.join(', ');
  return `${names.slice(0, shown).join(', ')} and ${names.length - shown} more`;
}
