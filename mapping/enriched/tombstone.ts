import { contentFingerprint, documentId } from '../content-fingerprint.ts';
import { toVersion } from '../document-version.ts';
import { textOf, type JsonObject, objectAt } from '../exact-json.ts';
import type { MappedDocument } from '../map-record.ts';

/** Before both clocks by this much, so that a clock that is a little ahead does not keep the indicator alive. */
const ENDED_BEFORE_MS = 5 * 60_000;

export type EndingAction = 'deleted' | 'deactivated' | 'deselected';

/** How an indicator has ended, and who has seen it. */
export type Ending = {
  action: EndingAction;
  feed: string;
  /** The first execution's. */
  runId: string;
  /** The source's clock when the source was asked, epoch milliseconds. */
  askedAtMs: number;
  /** Elasticsearch's clock, epoch milliseconds. */
  sinkNowMs: number;
};

/** The greatest values of all stored versions of an indicator, epoch milliseconds. */
export type GreatestStored = {
  timestampMs: number;
  createdMs: number | null;
};

/**
 * The document that says that an indicator has ended. It is newer than every stored version, and its end date has
 * passed, so that the transform takes it and then removes it from the latest index, and the indicator with it.
 *
 * @param document the indicator's last enriched document
 */
export function toTombstone(
  document: JsonObject,
  stored: GreatestStored,
  { action, feed, runId, askedAtMs, sinkNowMs }: Ending,
): Pick<MappedDocument, 'id' | 'source' | 'version'> {
  const { ecs, data_stream } = document;
  const { kind, category, dataset, module, id: eventId } = objectAt(document.event);
  const { id, type, summary, owner, last_modified } = objectAt(
    objectAt(document.threat_connect).indicator,
  );
  const createdMs = Math.max(askedAtMs, (stored.createdMs ?? 0) + 1);
  const timestampMs = Math.max(toVersion(document).timestampMs, stored.timestampMs + 1);
  const timestamp = new Date(timestampMs).toISOString();
  const deletedAt = new Date(Math.min(askedAtMs, sinkNowMs) - ENDED_BEFORE_MS).toISOString();
  const event: JsonObject = {
    kind,
    category,
    type: ['deletion'],
    dataset,
    module,
    id: eventId,
    action,
    reason: toReason(action, feed),
    created: new Date(createdMs).toISOString(),
  };
  const tombstone: JsonObject = {
    '@timestamp': timestamp,
    ecs,
    data_stream,
    event,
    tcsync: { feed, run_id: runId, identity: objectAt(document.tcsync).identity },
    threat_connect: {
      indicator: {
        id,
        type,
        summary,
        owner,
        last_modified,
        active: { value: false },
        deleted_at: deletedAt,
      },
    },
  };
  const hash = contentFingerprint(tombstone);
  event.hash = hash;
  return {
    id: documentId([textOf(id) ?? '', hash, timestamp, deletedAt, runId]),
    source: JSON.stringify(tombstone),
    version: toVersion(tombstone),
  };
}

function toReason(action: EndingAction, feed: string): string {
  if (action === 'deselected') return `no longer selected by feed ${feed}`;
  return action === 'deleted' ? 'deleted in ThreatConnect' : 'inactive in ThreatConnect';
}
