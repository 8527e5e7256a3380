const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `500ms`, `60s`, `5m`, `2h`, `1d` in milliseconds; `null` for anything else, also for a number without a unit. */
export function parseDurationMs(text: string): number | null {
  const { count, unit } = /^(?<count>\d{1,15})(?<unit>ms|s|m|h|d)$/.exec(text)?.groups ?? {};
  return unit !== undefined && Object.hasOwn(UNIT_MS, unit)
    ? Number(count) * UNIT_MS[unit as keyof typeof UNIT_MS]
    : null;
}
