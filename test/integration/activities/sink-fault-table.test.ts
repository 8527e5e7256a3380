import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { ApplicationFailure } from '@temporalio/common';
import { STATE_TEMPLATE } from '../../../activities/elasticsearch/assets/state-template.ts';
import { STREAM_TEMPLATE } from '../../../activities/elasticsearch/assets/stream/stream-template.ts';
import { toFailure } from '../../../activities/attempt/failure.ts';
import { createActivities, type Activities } from '../../../activities/index.ts';
import { dataStream, rejectStream, stateIndex } from '../../../contracts/names.ts';
import { FaultTable, keepPart } from '../../reliability.ts';
import { stage, until, type Stage } from '../../stage.ts';
import { assertEqualVersions } from './equality.ts';
import { PlayedRun } from './played-run.ts';

const RECORDS = 60;
const PAGE_SIZE = 16;
const RUNS_MAX = 3;
const HOUR_MS = 3_600_000;
const STREAM = dataStream('default');
const STATE = stateIndex('default');

/** When a fault begins, and how long it lasts. */
const PLACES = {
  'first page': { before: 'syncPage', calls: 1, lasts: false },
  'in the middle': { before: 'syncPage', calls: 2, lasts: false },
  'at the opening': { before: 'openWindow', calls: 1, lasts: false },
  'at the commit': { before: 'commitWindow', calls: 1, lasts: false },
  'for an hour': { before: 'syncPage', calls: 2, lasts: true },
} as const;

type Place = keyof typeof PLACES;

const PAGES: readonly Place[] = ['first page', 'in the middle'];
const PAGES_OR_LONG: readonly Place[] = [...PAGES, 'for an hour'];
const ONCE: readonly Place[] = ['in the middle', 'at the opening', 'at the commit'];
const ONCE_OR_LONG: readonly Place[] = [...ONCE, 'for an hour'];

/** What goes wrong with Elasticsearch. */
type Trouble = {
  places: readonly Place[];
  begin: (set: Stage, place: Place) => Promise<unknown>;
  end: (set: Stage) => Promise<unknown>;
};

/**
 * A fault of one answer: that to a bulk request of a page, or to the write of the state.
 * @param long the requests that it hits if it lasts
 */
function answered(fault: object, places: readonly Place[], long: 'any' | 'bulk' = 'any'): Trouble {
  return {
    places,
    begin: async (set, place) => {
      const { before, lasts } = PLACES[place];
      const once = before === 'syncPage' ? 'bulk' : 'doc';
      await set.elasticsearch.post('/_sim/faults', {
        on: lasts ? long : once,
        // the state is read first: its write is the request that can be lost after it was carried out
        after: !lasts && once === 'doc' ? 1 : 0,
        times: lasts ? null : 1,
        fault,
      });
    },
    end: async (set) => {
      const { armed } = await set.elasticsearch.get<{ armed: { hits: number }[] }>('/_sim/faults');
      for (const { hits } of armed) assert.ok(hits > 0, 'the fault has happened');
      await set.elasticsearch.delete('/_sim/faults');
    },
  };
}

/** A fault of the documents of a bulk request. */
function items(
  fault: { status: number; share?: number; error?: object },
  places: readonly Place[],
): Trouble {
  return answered({ kind: 'item', ...fault }, places, 'bulk');
}

/** An error as Elasticsearch answers it. */
function refused(status: number, type: string): { kind: string; status: number; body: object } {
  return { kind: 'status', status, body: { error: { type, reason: 'no' }, status } };
}

async function deleteStream(set: Stage): Promise<void> {
  await set.sink.indices.deleteDataStream({ name: STREAM });
}

/** A person or the hourly Schedule. */
function apply(set: Stage): Promise<unknown> {
  return set.apply();
}

const TOO_LARGE = { kind: 'status', status: 413, body: '' };

const FAILURE_STORE = {
  kind: 'status',
  status: 200,
  body: {
    items: Array.from({ length: PAGE_SIZE }, () => ({
      create: { status: 201, failure_store: 'used' },
    })),
  },
};

const TROUBLES: Readonly<Record<string, Trouble>> = {
  'half of the documents are answered 429': items({ status: 429, share: 0.5 }, PAGES),
  'all documents are answered 429': items({ status: 429 }, PAGES_OR_LONG),
  'all documents are answered 503': items({ status: 503 }, PAGES),
  'all documents are answered 500': items({ status: 500 }, PAGES_OR_LONG),
  'some documents are answered 400 `document_parsing_exception`': items(
    { status: 400, share: 0.2 },
    PAGES,
  ),
  'documents go to the failure store': answered(FAILURE_STORE, PAGES),
  'the data stream is blocked for writing (`index.blocks.write`)': items(
    { status: 403 },
    PAGES_OR_LONG,
  ),
  'the disk is full (flood stage)': items(
    { status: 429, error: { type: 'cluster_block_exception', reason: 'TOO_MANY_REQUESTS/12' } },
    PAGES_OR_LONG,
  ),
  '429': answered({ kind: 'status', status: 429 }, ONCE_OR_LONG),
  '429 with `Retry-After: 7`': answered(
    { kind: 'status', status: 429, headers: { 'Retry-After': '7' } },
    ONCE,
  ),
  '413': answered(TOO_LARGE, PAGES_OR_LONG, 'bulk'),
  '413 to requests of 16, 8 and 4 documents': {
    places: PAGES,
    begin: (set) =>
      set.elasticsearch.post('/_sim/faults', { on: 'bulk', times: 3, fault: TOO_LARGE }),
    end: (set) => set.elasticsearch.delete('/_sim/faults'),
  },
  '400': answered(refused(400, 'illegal_argument_exception'), ONCE_OR_LONG, 'bulk'),
  '401': answered(refused(401, 'security_exception'), ONCE_OR_LONG),
  '403 of the security': answered(refused(403, 'security_exception'), ONCE_OR_LONG),
  '403 of a proxy': answered(
    { kind: 'status', status: 403, body: '<html>no</html>' },
    ONCE_OR_LONG,
    'bulk',
  ),
  '500': answered({ kind: 'status', status: 500 }, ONCE),
  '502 of a proxy': answered({ kind: 'status', status: 502, body: '<html>bad</html>' }, ONCE),
  '503': answered({ kind: 'status', status: 503 }, ONCE_OR_LONG),
  '504 of a proxy, after the request was carried out': answered(
    { kind: 'status', status: 504, when: 'after', body: '<html>late</html>' },
    ONCE,
  ),
  'the connection is reset': answered({ kind: 'reset' }, ONCE_OR_LONG),
  'the connection is reset after the request was carried out': answered(
    { kind: 'reset', when: 'after' },
    ONCE_OR_LONG,
  ),
  'half an answer': answered({ kind: 'cut', atBytes: 20 }, ONCE),
  'a slow answer': {
    places: ONCE,
    begin: async (set, place) => {
      await answered({ kind: 'hold', when: 'after' }, ONCE).begin(set, place);
      void until('the answer is held', async () => {
        const { held } = await set.elasticsearch.get<{ held: number }>('/_sim/faults');
        return held === 1;
      }).then(() => set.elasticsearch.delete('/_sim/faults'));
    },
    end: async () => undefined,
  },
  'the template and the data stream are missing': {
    places: ['at the opening'],
    begin: async (set) => {
      await deleteStream(set);
      await set.sink.indices.deleteIndexTemplate({ name: STREAM_TEMPLATE });
    },
    end: apply,
  },
  'the data stream is missing': {
    places: ['at the opening', 'in the middle', 'at the commit'],
    begin: deleteStream,
    end: async () => undefined,
  },
  'the state and its template are missing': {
    places: ['at the opening', 'at the commit'],
    begin: async (set) => {
      await set.sink.indices.delete({ index: STATE });
      await set.sink.indices.deleteIndexTemplate({ name: STATE_TEMPLATE });
    },
    end: apply,
  },
};

const table = new FaultTable<Place>(Object.keys(PLACES) as Place[]);

describe('a fault of Elasticsearch', () => {
  let shared: Stage;
  before(async () => {
    shared = await stage({ records: RECORDS });
    await apply(shared);
  });
  after(() => shared.close());

  for (const [what, trouble] of Object.entries(TROUBLES)) {
    for (const place of trouble.places) {
      test(`${what}, ${place}: nothing is lost, and nothing is stored twice`, async () => {
        await empty(shared);
        const told = await new TroubledLoad(shared, trouble, place).run();
        await assertEqualVersions(shared);
        await assertSound(shared);
        table.add(what, place, told);
      });
    }
  }
});

/** Removes what the test before has left. */
async function empty(set: Stage): Promise<void> {
  await set.elasticsearch.delete('/_sim/faults');
  await set.elasticsearch.post('/_sim/clock', { real: true });
  for (const name of [STREAM, rejectStream('default')]) {
    await set.sink.indices.deleteDataStream({ name }, { ignore: [404] });
  }
  await set.sink.indices.delete({ index: STATE, ignore_unavailable: true });
  await apply(set);
}

keepPart(
  'A fault of Elasticsearch',
  () => `Each fault hits one answer: to the bulk request of the first page or of a page in the middle, or to the write of
the state at the opening or at the commit of a window. "For an hour": it hits each answer from a page in the middle on,
and the clock moves as far as the program wants to wait. If the run fails, a person or the hourly reconciliation ends
the fault before the next tick.

${table.toItems()}`,
);

type Source = {
  event: { ingested?: string };
  threat_connect: { indicator: { id: string } };
};

/** Checks that no version is stored twice, and that the transform sees each of them. */
async function assertSound(set: Stage): Promise<void> {
  const sources = (await set.stored()).map(({ _source }) => _source as Source);
  const ids = new Set(sources.map(({ threat_connect: { indicator } }) => indicator.id));
  assert.equal(ids.size, sources.length, 'nothing is stored twice');
  assert.ok(sources.every(({ event }) => event.ingested !== undefined));
}

/** A load of the whole feed, with its ticks and with the retries of Temporal. */
class TroubledLoad {
  readonly #set: Stage;
  readonly #trouble: Trouble;
  readonly #place: Place;
  readonly #calls = new Map<string, number>();
  #state: 'ahead' | 'on' | 'over' = 'ahead';
  /** What the program has waited while the trouble was on. */
  #waitedMs = 0;
  #attempts = 0;
  #failedRuns = 0;
  #said = '';

  constructor(set: Stage, trouble: Trouble, place: Place) {
    this.#set = set;
    this.#trouble = trouble;
    this.#place = place;
    set.deps.waiting = { sleep: (ms) => this.#wait(ms), random: () => 1 };
  }

  /** @returns what happened, for the table */
  async run(): Promise<string> {
    const { elasticsearch } = this.#set;
    await elasticsearch.post('/_sim/counters/reset');
    const pages = await this.#tickUntilDone();
    await this.#end();
    const { bulkRequests } = await elasticsearch.get<{ bulkRequests: number }>('/_sim/counters');
    const rejected = await this.#replay();
    const happened = this.#happened(bulkRequests - pages, rejected);
    return `${happened}.${this.#said === '' ? '' : ` Seen: ${this.#said}`}`;
  }

  /** @returns the number of pages */
  async #tickUntilDone(): Promise<number> {
    for (let tick = 1; tick <= RUNS_MAX; tick += 1) {
      let run: PlayedRun | null = null;
      try {
        run = await PlayedRun.begin(this.#set, this.#activities(), `run-${tick}`, {
          from: null,
          pageSize: PAGE_SIZE,
        });
        await run.finish();
        return this.#calls.get('syncPage') ?? 0;
      } catch (error) {
        if ((error as { nonRetryable?: boolean }).nonRetryable !== true) throw error;
        this.#failedRuns += 1;
        // if the trouble is still on, the workflow gives up after a while
        await run?.save().catch(() => undefined);
        await this.#end();
      }
    }
    return assert.fail(`${RUNS_MAX} runs were not enough: ${this.#said}`);
  }

  /** The activities, repeated as Temporal does. */
  #activities(): Activities {
    const wrapped = Object.entries(createActivities(this.#set.deps)).map(([name, activity]) => [
      name,
      async (input: never) => {
        await this.#begin(name);
        for (let attempt = 1; ; attempt += 1) {
          try {
            return await (activity as (input: never) => Promise<unknown>)(input);
          } catch (error) {
            const failure = toFailure(error, attempt, (text) => text);
            if (name !== 'saveProgress')
              this.#said = `\`${failure.type}\`: ${plain(failure.message)}`;
            if (failure.nonRetryable === true || name === 'saveProgress') throw failure;
            this.#attempts += 1;
            await this.#wait(delayOf(failure, attempt));
          }
        }
      },
    ]);
    return Object.fromEntries(wrapped) as Activities;
  }

  async #begin(activity: string): Promise<void> {
    const calls = (this.#calls.get(activity) ?? 0) + 1;
    this.#calls.set(activity, calls);
    const { before, calls: due } = PLACES[this.#place];
    if (this.#state !== 'ahead' || activity !== before || calls !== due) return;
    this.#state = 'on';
    await this.#trouble.begin(this.#set, this.#place);
  }

  async #end(): Promise<void> {
    assert.notEqual(this.#state, 'ahead', 'the trouble has begun');
    if (this.#state === 'over') return;
    this.#state = 'over';
    await this.#trouble.end(this.#set);
  }

  /** Moves the clock instead of waiting. */
  async #wait(ms: number): Promise<void> {
    if (this.#state === 'on') this.#waitedMs += ms;
    await this.#set.elasticsearch.post('/_sim/clock', { advanceMs: ms });
    if (PLACES[this.#place].lasts && this.#waitedMs >= HOUR_MS) await this.#end();
  }

  /** @returns the number of rejects, after they were replayed */
  async #replay(): Promise<number> {
    await this.#set.sink.indices.refresh({
      index: rejectStream('default'),
      ignore_unavailable: true,
    });
    const { counts } = await this.#set.run('replayBatch', {
      feed: 'default',
      runId: 'replay',
      rejects: null,
      after: null,
    });
    assert.equal(counts.written, counts.asked);
    return counts.written;
  }

  #happened(moreRequests: number, rejected: number): string {
    if (this.#failedRuns > 0) return 'the run fails, the next tick reads the rest';
    const times = this.#attempts === 1 ? '' : ` ${this.#attempts} times`;
    if (this.#attempts > 0) return `the attempt is repeated${times}`;
    if (rejected > 0)
      return 'these documents become rejects, and `tcsync rejects replay` writes them';
    if (moreRequests === 0) return 'nothing has to be repeated';
    const requests = moreRequests === 1 ? 'one more request' : `${moreRequests} more requests`;
    const waits = this.#waitedMs === 0 ? '' : `, after ${this.#waitedMs / 1_000} s`;
    return `sent again in the same attempt (${requests}${waits})`;
  }
}

/** A message without the parts that differ between places, or with the moment at which a connection breaks. */
function plain(message: string): string {
  return message
    .replace(/_doc\/(?:instance|feed:default)/, '_doc/…')
    .replace(
      /(?:read ECONNRESET|write EPIPE|write ECONNRESET|other side closed|socket hang up)$/,
      '(how the connection broke)',
    );
}

/** Temporal's own policy (`workflows/retry-policy.ts`), unless the failure asks for another delay. */
function delayOf({ nextRetryDelay }: ApplicationFailure, attempt: number): number {
  if (typeof nextRetryDelay === 'number') return nextRetryDelay;
  return Math.min(1_000 * 2 ** (attempt - 1), 120_000);
}
