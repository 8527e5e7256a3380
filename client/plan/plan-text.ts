import { number } from '../../watch/words.ts';
import { timeText } from '../time-text.ts';
import type { OwnerCount } from './counter.ts';
import type { Plan } from './make-plan.ts';

const KIND: Readonly<Record<Plan['kind'], string>> = {
  whole: 'all of the feed',
  next: 'changes since the last run',
  explicit: 'an explicit window',
};

/** Maximum number of owners in the text; `--json` has all. */
const OWNERS_SHOWN = 20;

export function planText(plan: Plan): string {
  const { window, owners, filter, sample } = plan;
  const rows = [
    `window    ${window.from ?? 'the beginning'} to ${window.to} (${KIND[plan.kind]})`,
    `records   ${number(plan.records)}`,
    ...owners.slice(0, OWNERS_SHOWN).map(ownerText),
    ...(owners.length > OWNERS_SHOWN
      ? [`          and ${owners.length - OWNERS_SHOWN} more owners`]
      : []),
    ...(filter === null
      ? []
      : [
          `filter    leaves out ${number(filter.leavesOut)} of ${number(plan.records + filter.leavesOut)}: ${filter.tql}`,
        ]),
    `requests  about ${number(plan.requests)}: ${number(plan.pages)} pages of at most ${number(plan.pageSize)} records, and counts`,
    `slices    about ${number(plan.slices)}, on ${plan.lanes === 1 ? '1 lane' : `${plan.lanes} lanes`}`,
    ...(plan.bytes === null || sample === null
      ? []
      : [
          `size      about ${sizeText(plan.bytes)} (${sizeText(sample.meanBytes)} a record, the mean of ${sample.records})`,
        ]),
    ...(plan.seconds === null
      ? []
      : [
          `time      about ${timeText(plan.seconds)}, limited by ${
            plan.limit === 'answers' ? 'how fast ThreatConnect answers' : 'TC_REQUESTS_PER_SECOND'
          }`,
        ]),
    ...plan.notes.map((note) => `note      ${note}`),
  ];
  return `${plan.feed}\n${rows.map((row) => `  ${row}\n`).join('')}`;
}

function ownerText({ owner, records, types }: OwnerCount): string {
  const parts = types?.map(({ type, records: count }) => `${type} ${number(count)}`).join(', ');
  return `          ${owner} ${number(records)}${parts === undefined ? '' : `: ${parts}`}`;
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** Decimal units, at least two digits: `950 B`, `3.8 kB`, `38 MB`. */
export function sizeText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1_000;
    unit += 1;
  }
  return `${unit > 0 && value < 9.95 ? value.toFixed(1) : Math.round(value)} ${UNITS[unit]}`;
}
