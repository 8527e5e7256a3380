import { illegalArgument } from '../errors.ts';

const UNIT_MS: Readonly<Record<string, number>> = {
  nanos: 1e-6,
  micros: 1e-3,
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
  const match = /^(-?\d+(?:\.\d+)?)(nanos|micros|ms|s|m|h|d)$/.exec(text);
  const unitMs = UNIT_MS[match?.[2] ?? ''];
  if (match === null || unitMs === undefined) {
    throw illegalArgument(
      `failed to parse setting [${name}] with value [${value}] as a time value: unit is missing or unrecognized`,
    );
  }
  const amount = match[1] ?? '';
  if (amount.includes('.')) {
    throw illegalArgument(`failed to parse [${value}], fractional time values are not supported`, {
      type: 'number_format_exception',
      reason: `For input string: "${amount}"`,
    });
  }
  return Number(amount) * unitMs;
}
