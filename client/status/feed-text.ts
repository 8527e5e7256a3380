import { isOfAnother } from '../../watch/judge-feed.ts';
import { shortened } from '../../watch/reason.ts';
import { age, number } from '../../watch/words.ts';
import type { FeedStatus, RunStatus } from './feed-status.ts';

/** A feed's name, and below it one row for each known fact. */
export function feedText(feed: FeedStatus): string {
  const { lastRun, openRejects, unfinished, running } = feed;
  const rows = [freshness(feed)];
  if (lastRun !== null) {
    const { committedAt, counts } = lastRun;
    rows.push(
      `last run   ${committedAt}: ${number(counts.read)} read, ` +
        `${number(counts.created)} created, ${number(counts.duplicate)} duplicate, ` +
        `${number(counts.rejected)} rejected` +
        words(counts.ended, 'ended') +
        words(counts.inactive, 'inactive'),
    );
  }
  if (openRejects !== null && openRejects > 0) rows.push(`rejects    ${number(openRejects)} open`);
  if (unfinished !== null) {
    const { to, read, expected } = unfinished;
    rows.push(
      `unfinished ${number(read)} of ${number(expected)} records of the window to ${to} are read: the next run continues there`,
    );
  }
  rows.push(...schedule(feed), ...running.filter((run) => !isOfAnother(run, running)).map(runRow));
  return `${feed.feed}\n${rows.map((row) => `  ${row}\n`).join('')}`;
}

/** Nothing about a count that is 0, or that an earlier version did not store. */
function words(count: number | undefined, what: string): string {
  return count === undefined || count === 0 ? '' : `, ${number(count)} ${what}`;
}

function freshness({ load, watermark, freshnessSeconds, running }: FeedStatus): string {
  if (load === 'unknown') return 'the age of the data is not known: see above';
  const written =
    watermark === null || freshnessSeconds === null
      ? ''
      : `everything modified before ${watermark} is written (${freshnessSeconds < 0 ? 'in the future' : `${age(freshnessSeconds * 1_000)} ago`})`;
  if (load === 'current') return written;
  if (load === 'empty') return 'no run has committed yet: `npx tcsync run` starts one';
  const isLoading = running.some(({ isApart }) => !isApart);
  const first = isLoading ? 'the first load is running' : 'the first load is not complete';
  return written === '' ? `no run has committed yet: ${first}` : `${first}: ${written}`;
}

function schedule({ schedule }: FeedStatus): string[] {
  if (schedule === null) return [];
  const { paused, note, nextRunAt } = schedule;
  if (paused) return [`Schedule   paused${note === null ? '' : `: ${shortened(note)}`}`];
  return [`Schedule   next run ${nextRunAt ?? 'unknown'}`];
}

function runRow({ workflowId, paused, records, reads, activities }: RunStatus): string {
  const parts = [
    workflowId,
    ...(records === null
      ? []
      : [`${number(records.read)} of ${number(records.expected)} records read`]),
    ...(reads === null ? [] : [pages(reads)]),
    ...activities.flatMap((name) => DOING[name] ?? []),
  ];
  return paused === null
    ? `running    ${parts.join(', ')}`
    : `paused     ${parts.join(', ')}: ${shortened(paused)}; \`npx tcsync resume\` continues it`;
}

function pages({ pageSize, pageSizeMax, lanes }: NonNullable<RunStatus['reads']>): string {
  const size =
    pageSize === pageSizeMax
      ? number(pageSize)
      : `${number(pageSize)} instead of ${number(pageSizeMax)}`;
  return `${size} a page on ${lanes} ${lanes === 1 ? 'lane' : 'lanes'}`;
}

/** Words for the activities of a run other than reading pages. */
const DOING: Readonly<Record<string, string>> = {
  openWindow: 'opening its window',
  planSlices: 'planning what to read',
  commitWindow: 'committing',
  saveProgress: 'saving its progress',
};
