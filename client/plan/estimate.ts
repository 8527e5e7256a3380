import { recordsOfSlice, SLICES_PLANNED_OF_LANE } from '../../window/slice-size.ts';
import type { Sample } from './sample.ts';

/** All of it is about so: the source changes while it is read. */
export type Estimate = {
  slices: number;
  pages: number;
  /** Pages, and the counts that plan and prove them. */
  requests: number;
  bytes: number | null;
  seconds: number | null;
  /** What takes the time: the source's answers, or `TC_REQUESTS_PER_SECOND`. */
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
  /** What a request costs before the first record. */
  countMs: number;
  sample: Sample | null;
};

export function estimate(opened: Opened): Estimate {
  const { expected, pageSize, lanes, sample } = opened;
  const cut = opened.rest.map(({ count }) => slicesOf(count, opened));
  const slices = opened.slices.length + sum(cut);
  const pages = slices === 0 ? 0 : Math.max(slices, Math.ceil(expected / pageSize));
  // owners; a count a range; a count for each cut; a count at the end of each slice
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

/** A run plans some slices for each lane, and then again of what is left. */
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
