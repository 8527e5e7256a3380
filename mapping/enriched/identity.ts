import { hash } from 'node:crypto';
import { textOf, type JsonObject } from '../exact-json.ts';

/** What the source's list of deleted indicators, which has no ids, knows an indicator by. */
export function toIdentity({ ownerName, type, summary }: JsonObject): string {
  const parts = [ownerName, type, summary].map((part) => textOf(part) ?? '');
  return hash('sha256', parts.join('\0'), 'hex');
}
