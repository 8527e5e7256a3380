import { illegalArgument } from '../errors.ts';

export const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/**
 * Milliseconds of a time value such as `30s`; -1 and 0 need no unit.
 * @param name of the setting, for the message
 */
export function parseTimeMs(name: string, value: string): number {
  const text = value.trim().toLowerCase();
  if (text === '-1' || text === '0') return Number(text);
  const [, amount, unit = ''] = /^(-?\d+)(ms|s|m|h|d)$/.exec(text) ?? [];
  const unitMs = UNIT_MS[unit];
  if (unitMs !== undefined) return Number(amount) * unitMs;
  throw illegalArgument(
    `failed to parse setting [${name}] with value [${value}] as a time value: unit is missing or unrecognized`,
  );
}
