import { notInStandIn } from '../errors.ts';
import { asText, type JsonObject } from '../json/exact.ts';
import { type Index } from '../state/index.ts';
import { parseSizeBytes } from '../text/size.ts';
import { parseTimeMs } from '../text/time.ts';

/** True if a condition of a rollover holds. */
function isMet(index: Index, nowMs: number, condition: string, value: unknown): boolean {
  const text = asText(value);
  const { documents } = index;
  switch (condition.replace(/^(?:max|min)_(?:primary_shard_)?/, '')) {
    case 'age':
      return nowMs - index.createdMs >= parseTimeMs(condition, text);
    case 'docs':
      return documents.liveCount >= Number(text);
    case 'size':
      return documents.liveBytes >= parseSizeBytes(condition, text);
    default:
      throw notInStandIn(`the rollover condition [${condition}]`);
  }
}

/** True if all `min_` conditions and at least one other hold. An empty index is due only if `min_docs` is 0. */
export function isDue(index: Index, nowMs: number, conditions: JsonObject): boolean {
  const holds = ([name, value]: [string, unknown]): boolean => isMet(index, nowMs, name, value);
  const all = Object.entries(conditions);
  const least = all.filter(([name]) => name.startsWith('min_'));
  if (index.documents.liveCount === 0 && conditions['min_docs'] !== 0) return false;
  return least.every(holds) && all.some((one) => !least.includes(one) && holds(one));
}
