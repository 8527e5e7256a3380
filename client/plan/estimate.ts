import { recordsOfSlice, SLICES_PLANNED_OF_LANE } from '../../window/slice-size.ts';
import type { Sample } from './sample.ts';

/** All numbers are approximate: the source changes while a run reads it. */
export type Estimate = {
  slices: number;
  pages: number;
  /** Requests for pages, and the counts that plan and verify them. */
  requests: number;
  bytes: number | null;
  seconds: number | null;
  /** What limits the speed: the source's answers, or `TC_REQUESTS_PER_SECOND`. */
  limit: 'answers' | 'requests' | null;
};

type Opened = {
  slices: readonly unknown[];
  rest: readonly { count: number }[];
  expected: number;
  pageSize: number;
  lanes: number;
  keyset: boolean;
  requestsPerSecond: number;
  /** Duration of a request without any record. */
  countMs: number;
  sample: Sample | null;
};

export function estimate(opened: Opened): Estimate {
  const { expected, pageSize, lanes, sample } = opened;
  const cut = opened.rest.map(({ count }) => slicesOf(count, opened));
  const slices = opened.slices.length + sum(cut);
  const pages = slices === 0 ? 0 : Math.max(slices, Math.ceil(expected / pageSize));
  // one for the owners; one count for each range, for each cut and at the end of each slice; the pages
  const requests = 1 + opened.slices.length + opened.rest.length + sum(cut) + slices + pages;
  if (sample === null) {
    return { slices, pages, requests, bytes: null, seconds: null, limit: null };
  }
  const recordMs = Math.max(sample.tookMs - opened.countMs, 0) / sample.records;
  const answersMs =
    (requests * opened.countMs + expected * recordMs) / Math.max(1, Math.min(lanes, slices));
  const requestsMs = (requests * 1_000) / opened.requestsPerSecond;
  return {
    slices,
    pages,
    requests,
    bytes: expected * sample.meanBytes,
    seconds: Math.ceil(Math.max(answersMs, requestsMs) / 1_000),
    limit: answersMs >= requestsMs ? 'answers' : 'requests',
  };
}

/** A run plans a few slices for each lane, then does the same with the remaining records. */
function slicesOf(count: number, run: Pick<Opened, 'lanes' | 'pageSize' | 'keyset'>): number {
  let slices = 0;
  for (let unplanned = count; unplanned > 0;) {
    const recordsMax = recordsOfSlice({ ...run, unplanned });
    const planned = Math.min(SLICES_PLANNED_OF_LANE * run.lanes, Math.ceil(unplanned / recordsMax));
    slices += planned;
    unplanned -= planned * recordsMax;
  }
  return slices;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
