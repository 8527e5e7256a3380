import type { SyncPageInput, SyncPageResult } from '../contracts/activities.ts';
import { NO_COUNTS } from '../contracts/counts.ts';
import { attempt } from './attempt/attempt.ts';
import { findFeed, type Deps } from './attempt/deps.ts';
import { requireConfig } from './attempt/require-config.ts';
import { copyPage } from './page/copy-page.ts';
import { whoVanished } from './threatconnect/look-at-owners.ts';
import { isOfNobody, toSelection } from './threatconnect/selection.ts';

/**
 * Reads one page, maps it and writes it, while it arrives. If its slice must be proven, it lists the page's ids and
 * reads the records that are not stored. Safe to repeat: a document's id comes from its content, so a second attempt
 * finds it already stored.
 */
export function syncPage(deps: Deps, input: SyncPageInput): Promise<SyncPageResult> {
  return attempt(async (signal, beat) => {
    const feed = findFeed(deps.feeds, input.feed);
    requireConfig(deps, feed, input.configHash);
    const { position, pageSize, owners } = input;
    const unread = { counts: NO_COUNTS, position, pageSize, tooManyRejects: false, leftOut: 0 };
    if (isOfNobody(toSelection(feed, input.slice, owners))) {
      return { ...unread, ended: { missing: 0, settledMissing: 0 }, absentOwnerIds: [] };
    }
    try {
      const size = {
        pageSize: beat.last?.pageSize ?? pageSize,
        onSize: (smaller: number) => beat.send({ pageSize: smaller }),
      };
      return await copyPage(deps, feed, input, size, signal);
    } catch (error) {
      const absentOwnerIds = await whoVanished(error, deps.source, owners, signal);
      return { ...unread, ended: null, absentOwnerIds };
    }
  });
}
