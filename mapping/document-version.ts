import { textOf, type JsonObject, objectAt } from './exact-json.ts';

/** What tells the stored versions of one indicator apart. */
export type DocumentVersion = {
  /** `event.hash`; `null` in the profile `compatible`, which has none. */
  hash: string | null;
  /** `@timestamp`, epoch milliseconds. */
  timestampMs: number;
  /** `threat_connect.indicator.deleted_at`, epoch milliseconds. */
  deletedAtMs: number | null;
  /** `event.created`, when the source was asked, epoch milliseconds; `null` in `compatible`. */
  createdMs: number | null;
  /** `event.id`, the summary: what the integration's latest index keeps one document of. */
  eventId: string | null;
};

/** @param document in either profile, mapped to the end */
export function toVersion(document: JsonObject): DocumentVersion {
  const event = objectAt(document.event);
  const indicator = objectAt(objectAt(document.threat_connect).indicator);
  return {
    hash: textOf(event.hash),
    timestampMs: Date.parse(textOf(document['@timestamp']) ?? ''),
    deletedAtMs: toMs(textOf(indicator.deleted_at)),
    createdMs: toMs(textOf(event.created)),
    eventId: textOf(event.id),
  };
}

function toMs(date: string | null): number | null {
  return date === null ? null : Date.parse(date);
}
