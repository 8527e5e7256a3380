import { SourceBadRequestError, SourceForbiddenError } from '../../contracts/errors.ts';
import { absentTypes } from '../../activities/threatconnect/absent-types.ts';
import { toSelection } from '../../activities/threatconnect/selection.ts';
import type { ThreatConnect } from '../../activities/threatconnect/threatconnect.ts';
import type { Feed } from '../../config/config.ts';
import { nearest } from '../../config/nearest.ts';
import { BUILT_IN_TYPES } from '../../mapping/built-in-types.ts';
import { number } from '../../watch/words.ts';
import { isOfAnother, LET_THROUGH, saidBy } from './advice.ts';
import type { Checklist, Head } from './checklist.ts';
import { failed, ok, warning, type Outcome } from './step.ts';

const WHOLE = { from: null, to: null, ownerIds: null };

/** Replaces the steps of all feeds if the feeds are not known. */
export const FEEDS = { name: 'feeds', subject: 'what the feeds select' };

function feedStep({ name }: Feed): Head {
  return {
    name: `feed ${name}`,
    subject: `what feed ${name} selects`,
    trouble: `feed ${name} selects nothing`,
    needs: ['credentials', 'owners', 'queries'],
  };
}

/** Checks whether the filter is accepted, whether the types exist, and how many indicators the feed selects. */
export async function checkFeed(
  list: Checklist,
  source: ThreatConnect,
  feed: Feed,
  signal: () => AbortSignal,
): Promise<void> {
  await list.take(feedStep(feed), async () => {
    const total = await countOf(source, feed, signal());
    if (typeof total !== 'number') return total;
    const unknown = await absentTypes(source, feed, signal());
    if (unknown.length > 0) {
      return warning(
        `feed ${feed.name} names types that no indicator has: ${unknown.map(withGuess).join(', ')}`,
        `Correct TC_TYPES or tcsync.yaml unless they are custom types of this instance. ThreatConnect ships ${[...BUILT_IN_TYPES].join(', ')}.`,
      );
    }
    if (total === 0) {
      return warning(
        `feed ${feed.name} selects no indicator`,
        'Compare owners, types and filter of the feed with what ThreatConnect shows.',
      );
    }
    return ok(`feed ${feed.name} selects ${number(total)} active indicators`);
  });
}

/** `Adress (Address?)` */
function withGuess(type: string): string {
  const near = nearest(type, [...BUILT_IN_TYPES]);
  return near === null ? type : `${type} (${near}?)`;
}

/** The number of indicators, or an outcome that says why ThreatConnect refuses to count them. */
async function countOf(
  source: ThreatConnect,
  feed: Feed,
  signal: AbortSignal,
): Promise<number | Outcome> {
  try {
    return await source.count(toSelection(feed, WHOLE), signal);
  } catch (error) {
    if (!(error instanceof SourceBadRequestError || error instanceof SourceForbiddenError)) {
      throw error;
    }
    const what = `ThreatConnect refuses what feed ${feed.name} selects: ${saidBy(error)}`;
    if (isOfAnother(error)) return failed(what, LET_THROUGH);
    return failed(
      what,
      feed.tql === null
        ? 'Correct owners and types in TC_OWNERS, TC_TYPES or tcsync.yaml.'
        : `Correct the filter in TC_TQL or tcsync.yaml, or owners and types: ${feed.tql}`,
    );
  }
}
