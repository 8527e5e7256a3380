import * as fc from 'fast-check';
import { sourceStep, type SourceStep } from './source-steps.ts';

const HOW = ['finish', 'finish', 'finish', 'save', 'save', 'terminate', 'lose', 'leave'] as const;
/** `lose`: terminated, and the result of an activity is lost; `leave`: it stays open, beside later ones. */
export type How = (typeof HOW)[number];

/** `behindPage`: behind that page from now on, before any other request; `null`: at once. */
type SourceMove = { step: SourceStep; behindPage: number | null };

/** How many records a run reads at a time. */
export type Widths = { pageSize: number; lanes: number; sliceRecords: number };

/** What a person does to an open run. */
export type Steering =
  | { do: 'pause' | 'resume' | 'continue' }
  | { do: 'tune'; pageSize: number; lanes: number };

/** Changes, and then a run during which the source goes on changing. */
export type Interval = {
  before: SourceStep[];
  /** Number of the worker's configuration from now on. */
  configuration: number;
  /** Deletes the feed's state, as a person does to read everything again. */
  forgets: boolean;
  /** `null`: the run that is open longest goes on; `apart`: a run with a window of so many seconds. */
  run: (Widths & { apart: number | null }) | null;
  steering: Steering | null;
  /** One after each activity of the run. */
  between: SourceMove[];
  how: How;
};

export type Story = {
  /** True if everything was read once before. */
  loaded: boolean;
  /** Number of records that a page has at most, whatever is asked for. */
  cap: number | null;
  intervals: Interval[];
};

/** One in so many, else `null`. */
function oneIn<T>(times: number, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> {
  return fc.oneof({ weight: times - 1, arbitrary: fc.constant(null) }, { weight: 1, arbitrary });
}

function some<T>(
  arbitrary: fc.Arbitrary<T>,
  minLength: number,
  maxLength: number,
): fc.Arbitrary<T[]> {
  return fc.array(arbitrary, { minLength, maxLength, size: 'max' });
}

const pageSize = fc.integer({ min: 2, max: 8 });
const lanes = fc.integer({ min: 1, max: 3 });

const interval: fc.Arbitrary<Interval> = fc.record({
  before: some(sourceStep, 1, 3),
  configuration: fc.constantFrom(0, 0, 1),
  forgets: fc.constantFrom(true, ...Array.from({ length: 11 }, () => false)),
  run: oneIn(5, fc.constant('the open one')).chain((open) =>
    open !== null
      ? fc.constant(null)
      : fc.record({
          pageSize,
          lanes,
          sliceRecords: fc.integer({ min: 5, max: 20 }),
          apart: oneIn(6, fc.integer({ min: 1, max: 90 })),
        }),
  ),
  steering: oneIn(
    4,
    fc.oneof<fc.Arbitrary<Steering>[]>(
      fc.record({ do: fc.constantFrom('pause', 'resume', 'continue') }),
      fc.record({ do: fc.constant('tune'), pageSize, lanes }),
    ),
  ),
  between: some(
    fc.record({ step: sourceStep, behindPage: oneIn(2, fc.integer({ min: 1, max: 3 })) }),
    2,
    6,
  ),
  how: fc.constantFrom(...HOW),
});

/** Drawn without a bias towards small values: short stories lose nothing. */
export const stories: fc.Arbitrary<Story> = fc.noBias(
  fc.record({
    loaded: fc.constantFrom(false, false, true),
    cap: oneIn(3, fc.integer({ min: 2, max: 6 })),
    intervals: some(interval, 3, 5),
  }),
);
