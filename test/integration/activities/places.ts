import { createActivities, type Activities } from '../../../activities/index.ts';
import type { Deps } from '../../../activities/attempt/deps.ts';
import { Comparer } from '../../moving-source/comparer.ts';
import { MovingSource, type Truth } from '../../moving-source/moving-source.ts';
import { LAG_SECONDS, OVERLAP_SECONDS } from '../../moving-source/source-steps.ts';
import { startFailingProxy, type FailingProxy } from '../../../stand-ins/failing-proxy.ts';
import { stage, type Stage } from '../../stage.ts';

/** Both servers keep everything that ever was, so that they are replaced now and then. */
const STORIES = 25;
const TYPES = ['Host'];

/** A change of the program that a test must find. */
export type Mutant = {
  settings?: Partial<Deps['settings']>;
  /** Stands between the lanes and an activity. */
  wrap?: (
    activities: Activities,
    place: { set: Stage; proxy: FailingProxy },
  ) => Partial<Activities>;
  /** Changes a request on its way to ThreatConnect. */
  rewrite?: (path: string) => string;
};

/** Where a story is played: both servers, and the activities of two configurations. */
export type Place = {
  set: Stage;
  source: MovingSource;
  comparer: Comparer;
  /** The first one selects all indicators, the second one a type. */
  configuration: (index: number) => {
    activities: Activities;
    selects: (record: Truth) => boolean;
  };
  counters: () => Promise<{ changes: number }>;
  /** The next number. */
  next: () => number;
};

/** The places of many stories, one after the other. */
export class Places {
  readonly #mutant: Mutant;
  #stories = 0;
  #open: { place: Place; close: () => Promise<void> } | null = null;

  constructor(mutant: Mutant = {}) {
    this.#mutant = mutant;
  }

  async next(): Promise<Place> {
    if (this.#stories % STORIES === 0) {
      await this.close();
      this.#open = await openPlace(this.#mutant);
    }
    this.#stories += 1;
    if (this.#open === null) throw new Error('no place is open');
    return this.#open.place;
  }

  async close(): Promise<void> {
    const open = this.#open;
    this.#open = null;
    await open?.close();
  }
}

async function openPlace({ settings, wrap, rewrite }: Mutant) {
  const proxy = await startFailingProxy(1);
  if (rewrite !== undefined) proxy.rewrite = rewrite;
  const set = await stage(
    // requests with a token have no timestamp, which would be invalid after a jump of the clock
    { records: 0, credentials: { apiToken: 'a token' } },
    {
      ...(rewrite !== undefined && { TC_URL: proxy.url }),
      TC_ACCESS_ID: undefined,
      TC_SECRET_KEY: undefined,
      TC_API_TOKEN: 'a token',
      TC_OVERLAP: `${OVERLAP_SECONDS}s`,
      TC_SAFETY_LAG: `${LAG_SECONDS}s`,
    },
  );
  proxy.target = set.source.url;
  await set.apply();
  const deps = { ...set.deps, settings: { ...set.deps.settings, ...settings } };
  const activitiesOf = (changed: Partial<Deps>): Activities => {
    const activities = createActivities({ ...deps, ...changed });
    return { ...activities, ...wrap?.(activities, { set, proxy }) };
  };
  const [feed] = deps.feeds;
  if (feed === undefined) throw new Error('no feed is configured');
  const configurations = [
    { activities: activitiesOf({}), selects: () => true },
    {
      activities: activitiesOf({ feeds: [{ ...feed, types: TYPES }] }),
      selects: ({ type }: Truth) => TYPES.includes(type),
    },
  ] as const;
  const comparer = new Comparer(set.source.url, set.elasticsearch.url);
  let numbers = 0;
  const place: Place = {
    set,
    comparer,
    source: new MovingSource(set.source),
    configuration: (index) => configurations[index === 0 ? 0 : 1],
    counters: () => set.source.get('/_sim/counters'),
    next: () => (numbers += 1),
  };
  const close = async () => {
    await comparer.close();
    await set.close();
    await proxy.close();
  };
  return { place, close };
}
