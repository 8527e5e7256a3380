const UNITS: readonly (readonly [string, number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
];

/** A time as the server shows it to people: `1.5d`, `2.33m`, `30s`, `5ms`. */
export function showDuration(ms: number): string {
  for (const [unit, unitMs] of UNITS) {
    if (Math.abs(ms) >= unitMs) return `${Math.floor((100 * ms) / unitMs) / 100}${unit}`;
  }
  return `${ms}ms`;
}
