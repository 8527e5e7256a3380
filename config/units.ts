const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const UNIT_BYTES = { B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 } as const;

/** `500ms`, `60s`, `5m`, `2h`, `1d` in milliseconds; `null` for anything else, a bare number included. */
export function parseDurationMs(text: string): number | null {
  const { count, unit } = /^(?<count>\d{1,15})(?<unit>ms|s|m|h|d)$/.exec(text)?.groups ?? {};
  return isUnit(UNIT_MS, unit) ? Number(count) * UNIT_MS[unit] : null;
}

/** `128MiB`, `64KiB`, `1GiB`, `4096B` or `4096` in bytes; `null` for anything else. */
export function parseSizeBytes(text: string): number | null {
  const { count, unit = 'B' } =
    /^(?<count>\d{1,15})(?<unit>B|KiB|MiB|GiB)?$/.exec(text)?.groups ?? {};
  return count !== undefined && isUnit(UNIT_BYTES, unit) ? Number(count) * UNIT_BYTES[unit] : null;
}

function isUnit<T extends object>(units: T, name: string | undefined): name is keyof T & string {
  return name !== undefined && Object.hasOwn(units, name);
}
