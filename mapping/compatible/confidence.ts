import type { Json } from '../exact-json.ts';
import { toDouble } from './conversions.ts';

/**
 * The integration's words for a confidence; 1, which ThreatConnect calls "discredited", is `None`.
 *
 * @returns `undefined` where the value is no number
 */
export function toConfidence(value: Json | undefined): string | undefined {
  const percent = toDouble(value);
  if (percent === undefined) return undefined;
  if (percent === 0) return 'Not Specified';
  if (percent > 1 && percent < 40) return 'Low';
  if (percent >= 40 && percent < 70) return 'Medium';
  return percent >= 70 && percent <= 100 ? 'High' : 'None';
}
