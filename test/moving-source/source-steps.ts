import * as fc from 'fast-check';

/** What happens at the source. Numbers name indicators, owners and places among ids; each is taken modulo their count. */
export type SourceStep =
  | { do: 'wait'; seconds: number }
  /** The source's clock is set back. */
  | { do: 'back'; seconds: number }
  /** Changes of one second. */
  | { do: 'update'; which: number[] }
  | { do: 'create'; count: number; place: number }
  /** A change, or a new indicator, that becomes visible this much later than its `lastModified`; `waits` passes at once. */
  | { do: 'late'; which: number; create: boolean; seconds: number; waits: number }
  | { do: 'end'; which: number; how: 'delete' | 'deactivate' }
  /** Values are deleted and created again under other ids, perhaps in another owner. */
  | { do: 'again'; which: number[]; owner: number }
  /** A change that does not move `lastModified`. */
  | { do: 'score'; which: number[] }
  /** Hides an owner, or shows the hidden one. */
  | { do: 'owner'; which: number };

const any = fc.nat({ max: 200 });
const some = (maxLength: number) => fc.array(any, { minLength: 1, maxLength });

export const LAG_SECONDS = 5;
export const OVERLAP_SECONDS = 20;
/**
 * Each must stay below lag + overlap, less the two seconds that the source's clock is known by. They do not add up: a
 * clock that is set back delays the commit, but the window that misses the change does not end later.
 */
export const LATE_SECONDS_MAX = 22;
const BACK_SECONDS_MAX = 3;

const given = (weight: number, arbitrary: fc.Arbitrary<SourceStep>) => ({ weight, arbitrary });

export const sourceStep: fc.Arbitrary<SourceStep> = fc.oneof(
  given(6, fc.record({ do: fc.constant('update'), which: some(8) })),
  given(3, fc.record({ do: fc.constant('wait'), seconds: fc.nat({ max: 40 }) })),
  given(
    2,
    fc.record({
      do: fc.constant('create'),
      count: fc.integer({ min: 1, max: 4 }),
      place: any,
    }),
  ),
  given(
    3,
    fc.record({
      do: fc.constant('late'),
      which: any,
      create: fc.boolean(),
      seconds: fc.integer({ min: 1, max: LATE_SECONDS_MAX }),
      waits: fc.nat({ max: LATE_SECONDS_MAX - 1 }),
    }),
  ),
  given(
    1,
    fc.record({
      do: fc.constant('end'),
      which: any,
      how: fc.constantFrom('delete', 'deactivate'),
    }),
  ),
  given(1, fc.record({ do: fc.constant('again'), which: some(3), owner: any })),
  given(1, fc.record({ do: fc.constant('score'), which: some(3) })),
  given(2, fc.record({ do: fc.constant('owner'), which: any })),
  given(
    1,
    fc.record({ do: fc.constant('back'), seconds: fc.integer({ min: 1, max: BACK_SECONDS_MAX }) }),
  ),
);
