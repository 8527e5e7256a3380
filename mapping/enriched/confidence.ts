import { toDouble } from '../compatible/conversions.ts';
import type { Json } from '../exact-json.ts';

/**
 * The integration's words for a confidence, but ThreatConnect's 1, "discredited", is the lowest of `Low`.
 *
 * @returns `undefined` where the value is no number from 0 to 100
 */
export function toConfidence(value: Json | undefined): string | undefined {
  const percent = toDouble(value);
  if (percent === undefined || percent < 0 || percent > 100) return undefined;
  if (percent === 0) return 'Not Specified';
  if (percent < 40) return 'Low';
  return percent < 70 ? 'Medium' : 'High';
}
