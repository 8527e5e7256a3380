import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { Client } from '@elastic/elasticsearch';
import * as fc from 'fast-check';
import type { BulkDocument } from '../../../../activities/elasticsearch/bulk-request.ts';
import {
  BulkWriter,
  DOCUMENT_BYTES_MAX,
  type BulkOutcome,
} from '../../../../activities/elasticsearch/bulk-writer.ts';
import { createSink } from '../../../../activities/elasticsearch/client.ts';
import { MoodySink, type Mood, type Poison } from './moody-sink.ts';

type Draft = BulkDocument & { key: string };

const drafts = (size: number): Draft[] =>
  Array.from({ length: size }, (_, index) => draftOf(index));
const rejected = ({ rejects }: BulkOutcome<Draft>): string[] =>
  rejects.map(({ document }) => document.id);

/** Documents that the data stream already holds. */
const OLD: BulkDocument = { id: 'old', source: '{}' };

const TOO_LARGE: Mood = { kind: 'whole', status: 413, retryAfterSeconds: null };

const POISONS: Record<string, Poison> = {
  'a 500': { item: '500 i_o_exception' },
  'a 400 of a type never seen': { item: '400 never_seen_exception' },
  'a 403 of one item': { item: '403 security_exception' },
  'a 400 that a missing pipeline also has': { item: '400 illegal_argument_exception' },
  'a connection that breaks': { request: { kind: 'reset' } },
  'a 502 of a proxy': { request: { kind: 'whole', status: 502, retryAfterSeconds: null } },
  'a 413': { request: TOO_LARGE },
  'a 403 of a proxy': { request: { kind: 'whole', status: 403, retryAfterSeconds: null } },
};

/** A clock that only moves while the writer waits; the attempt ends when it passes the deadline. */
class Attempt {
  readonly #controller = new AbortController();
  readonly #deadlineMs: number;
  readonly reason = new Error('the attempt is over');
  nowMs = 0;

  constructor(deadlineMs: number) {
    this.#deadlineMs = deadlineMs;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  readonly sleep = async (ms: number): Promise<void> => {
    this.nowMs += ms;
    if (this.nowMs >= this.#deadlineMs) {
      this.#controller.abort(this.reason);
      throw this.reason;
    }
  };
}

describe('a bulk writer with a sink that fails in every way', () => {
  let server: MoodySink;
  let sink: Client;
  before(async () => {
    server = await MoodySink.start();
    sink = createSink({
      url: server.url,
      cloudId: null,
      auth: { kind: 'none' },
      ca: null,
      caFingerprint: null,
    });
  });
  after(async () => {
    await sink.close();
    await server.close();
  });

  async function write(
    drafts: readonly Draft[],
    attempt: Attempt,
    again: (draft: Draft) => boolean = () => false,
    witness: BulkDocument | null = null,
  ): Promise<BulkOutcome<Draft>> {
    const writer = new BulkWriter<Draft>(sink, {
      target: 'logs-x',
      signal: attempt.signal,
      findWitnesses: async () => (witness === null ? [] : [witness]),
      resolveConflicts: async (conflicts) =>
        conflicts.filter(again).map((draft) => Object.assign({}, draft, { id: `${draft.id}-2` })),
      waiting: { sleep: attempt.sleep, random: () => 0.5 },
    });
    for (const draft of drafts) await writer.add(draft);
    return writer.finish();
  }

  const mood: fc.Arbitrary<Mood> = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('items' as const),
        items: fc.array(
          fc.constantFrom('create', 'create', 'create', '429', '503', '400', 'failure store'),
          { minLength: 1, maxLength: 5 },
        ),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('whole' as const),
        status: fc.constantFrom(429, 503, 413),
        retryAfterSeconds: fc.option(fc.nat({ max: 20 }), { nil: null }),
      }),
    },
  );

  test('every document ends exactly once as created, duplicate or reject, or the attempt fails, and nothing is sent after its deadline', async () => {
    let finished = 0;
    let failed = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(mood, { maxLength: 12 }),
        fc.integer({ min: 1, max: 40 }),
        fc.array(fc.nat({ max: 39 }), { maxLength: 10 }),
        fc.integer({ min: 1, max: 60_000 }),
        async (moods, size, stored, deadlineMs) => {
          const drafts = Array.from({ length: size }, (_, index) => ({
            key: String(index),
            id: `d${index}`,
            source: `{"n":${index}}`,
          }));
          const attempt = new Attempt(deadlineMs);
          server.reset(
            moods,
            stored.map((index) => `d${index}`),
            () => attempt.signal.aborted,
          );
          const isOdd = ({ key }: Draft) => Number(key) % 2 === 1;
          let outcome: BulkOutcome<Draft>;
          try {
            outcome = await write(drafts, attempt, isOdd);
          } catch (error) {
            failed += 1;
            if (error !== attempt.reason) {
              assert.match((error as Error).name, /^Sink(Overloaded|Unavailable|TooLarge)Error$/);
            }
            await setImmediate(); // time for a request in flight to arrive
            assert.equal(server.late, 0);
            return;
          }
          finished += 1;
          assert.ok(!attempt.signal.aborted);
          const fates = server.fates();
          const rejected = outcome.rejects.map(({ document }) => document.key);
          assert.equal(new Set(rejected).size, rejected.length);
          const counts = { created: 0, duplicate: 0, rejected: 0 };
          for (const { key, id } of drafts) {
            const fate = fates.get(`${id}-2`) ?? fates.get(id);
            assert.ok(fate !== undefined, `document ${id} was never answered`);
            counts[fate] += 1;
            assert.equal(rejected.includes(key), fate === 'rejected');
          }
          assert.deepEqual(counts, {
            created: outcome.created,
            duplicate: outcome.duplicate,
            rejected: rejected.length,
          });
        },
      ),
      { numRuns: 300 },
    );
    assert.ok(finished > 50 && failed > 10, `${finished} finished, ${failed} failed`);
  });

  test('only documents that were refused with 429 are sent again', async () => {
    server.reset([{ kind: 'items', items: ['create', '429', '400'] }], []);
    const drafts = Array.from({ length: 6 }, (_, index) => draftOf(index));
    const outcome = await write(drafts, new Attempt(60_000));
    assert.deepEqual(server.sent, [
      ['d0', 'd1', 'd2', 'd3', 'd4', 'd5'],
      ['d1', 'd4'],
    ]);
    assert.equal(outcome.created, 4);
    assert.deepEqual(
      outcome.rejects.map(({ document }) => document.id),
      ['d2', 'd5'],
    );
  });

  test('a request that is too large is halved until it fits, and a single document that is too large is a reject', async () => {
    server.reset([], []);
    server.poison({ d0: { request: TOO_LARGE } });
    const outcome = await write([0, 1, 2, 3].map(draftOf), new Attempt(60_000));
    assert.deepEqual(
      server.sent.map((ids) => ids.length),
      [4, 2, 1, 1, 2, 1, 1], // d0 once more, and d1, which is accepted
    );
    assert.equal(outcome.created, 3);
    assert.deepEqual(
      outcome.rejects.map(({ document }) => document.id),
      ['d0'],
    );
  });

  test('the writer waits for the `Retry-After` of a whole request', async () => {
    server.reset([{ kind: 'whole', status: 429, retryAfterSeconds: 9 }], []);
    const attempt = new Attempt(60_000);
    await write([draftOf(0)], attempt);
    assert.equal(attempt.nowMs, 9_000);
  });

  test('a document that is larger than Elasticsearch accepts is a reject and is never sent', async () => {
    server.reset([], []);
    const large = { ...draftOf(0), source: ' '.repeat(DOCUMENT_BYTES_MAX + 1) };
    const outcome = await write([large, draftOf(1)], new Attempt(60_000));
    assert.deepEqual(server.sent, [['d1']]);
    assert.deepEqual(
      outcome.rejects.map(({ document }) => document.id),
      ['d0'],
    );
  });

  test('an answer with fewer items than documents is refused', async () => {
    server.reset(always({ kind: 'short' }), []);
    await assert.rejects(write([draftOf(0), draftOf(1)], new Attempt(60_000)), {
      name: 'SinkUnavailableError',
    });
  });

  for (const [what, poison] of Object.entries(POISONS)) {
    test(`${what} for one document: it is set aside, and its neighbours are accepted`, async () => {
      server.reset([], []);
      server.poison({ d5: poison });
      const outcome = await write(drafts(40), new Attempt(900_000));
      assert.deepEqual(rejected(outcome), ['d5']);
      assert.equal(outcome.created, 39);
    });

    test(`${what} for the only document of a page: it is set aside, because an older document would be accepted`, async () => {
      server.reset([], ['old']);
      server.poison({ d0: poison });
      const outcome = await write([draftOf(0)], new Attempt(900_000), undefined, OLD);
      assert.deepEqual(rejected(outcome), ['d0']);
    });

    test(`${what} for two documents: both are set aside`, async () => {
      server.reset([], []);
      server.poison({ d0: poison, d39: poison });
      const outcome = await write(drafts(40), new Attempt(900_000));
      assert.deepEqual(rejected(outcome).sort(), ['d0', 'd39']);
    });

    test(`${what} for every second document: all of these are set aside, and a person decides`, async () => {
      server.reset([], []);
      server.poison(
        Object.fromEntries(
          drafts(20).flatMap(({ id }, at) => (at % 2 === 0 ? [[id, poison]] : [])),
        ),
      );
      const outcome = await write(drafts(20), new Attempt(900_000));
      assert.deepEqual([outcome.created, outcome.rejects.length], [10, 10]);
    });

    test(`${what} for all documents: it is an outage, and none is set aside`, async () => {
      for (const [size, witness] of [
        [1, null],
        [1, OLD],
        [200, null],
        [200, OLD],
      ] as const) {
        server.reset([], witness === null ? [] : ['old']);
        server.poison(Object.fromEntries([...drafts(size), OLD].map(({ id }) => [id, poison])));
        const attempt = new Attempt(900_000);
        await assert.rejects(write(drafts(size), attempt, undefined, witness), {
          name: /^Sink(Unavailable|Misconfigured|Unauthorized|TooLarge)Error$/,
        });
        assert.ok(attempt.nowMs < 10_000, `${size} documents: ${attempt.nowMs} ms`);
        assert.ok(server.requests < 40, `${size} documents: ${server.requests} requests`);
      }
    });

    test(`${what} for one document, followed by an outage: the attempt fails, and the document is not set aside`, async () => {
      const outage = always({ kind: 'whole', status: 500, retryAfterSeconds: null });
      server.reset([{ kind: 'items', items: ['create', '500 x', 'create'] }, ...outage], []);
      server.poison({ d1: poison });
      await assert.rejects(write(drafts(3), new Attempt(900_000)), {
        name: 'SinkUnavailableError',
      });
    });
  }

  test('a document that is refused only for a short time is not set aside', async () => {
    const refused: Mood = { kind: 'items', items: ['500 i_o_exception'] };
    const good: Mood = { kind: 'items', items: ['create'] };
    const moods = [refused, good, refused, good, refused, good, refused];
    server.reset([{ kind: 'items', items: ['create', '500 i_o_exception'] }, ...moods], []);
    const outcome = await write(drafts(2), new Attempt(900_000));
    assert.deepEqual([outcome.created, outcome.rejects], [2, []]);
  });

  test('no sound document is set aside while a third of all requests and items fail', async () => {
    const share = fc.integer({ min: 0, max: 99 });
    await fc.assert(
      fc.asyncProperty(fc.array(share, { minLength: 400, maxLength: 400 }), async (draws) => {
        server.reset(
          draws.map((draw) => {
            if (draw < 10) return { kind: 'reset' };
            if (draw < 25) return { kind: 'whole', status: 502, retryAfterSeconds: null };
            return { kind: 'items', items: ['create', '500 x', 'create', 'create', '503'] };
          }),
          [],
        );
        const outcome = await write(drafts(60), new Attempt(900_000)).catch(
          (error: Error) => error,
        );
        if (outcome instanceof Error) assert.equal(outcome.name, 'SinkUnavailableError');
        else assert.deepEqual(outcome.rejects, []);
      }),
      { numRuns: 50 },
    );
  });

  test('many documents that are always refused do not use up the time of the attempt', async () => {
    server.reset([], []);
    const size = 10_000;
    const poison = { item: '500 i_o_exception' };
    server.poison(
      Object.fromEntries(
        drafts(size).flatMap(({ id }, at) => (at % 999 === 0 ? [[id, poison]] : [])),
      ),
    );
    const attempt = new Attempt(900_000);
    const outcome = await write(drafts(size), attempt);
    assert.equal(outcome.rejects.length, 11);
    assert.ok(attempt.nowMs < 180_000, `${attempt.nowMs} ms`);
  });

  test('if every request is too large, no document is set aside as too large', async () => {
    server.reset(always(TOO_LARGE), []);
    await assert.rejects(write(drafts(60), new Attempt(60_000)), { name: 'SinkTooLargeError' });
  });

  test('a missing pipeline affects every document, and none is set aside', async () => {
    server.reset([], ['old']);
    const poison = { item: '400 illegal_argument_exception' };
    server.poison(Object.fromEntries([...drafts(3), OLD].map(({ id }) => [id, poison])));
    await assert.rejects(write(drafts(3), new Attempt(60_000), undefined, OLD), {
      name: 'SinkMisconfiguredError',
    });
  });

  test('if a shard is away, none of its documents is set aside', async () => {
    server.reset([], []);
    server.poison({ d1: { item: '503' }, d4: { item: '503' } });
    await assert.rejects(write(drafts(6), new Attempt(900_000)), { name: 'SinkUnavailableError' });
    assert.equal(server.fates().size, 4);
  });

  test('after a cancellation nothing is sent', async () => {
    server.reset([], []);
    const attempt = new Attempt(0);
    await assert.rejects(attempt.sleep(1));
    await assert.rejects(write([draftOf(0)], attempt), attempt.reason);
    assert.equal(server.requests, 0);
  });
});

/** More often than any attempt asks. */
function always(mood: Mood): Mood[] {
  return Array.from({ length: 1_000 }, () => mood);
}

function draftOf(index: number): Draft {
  return { key: String(index), id: `d${index}`, source: `{"n":${index}}` };
}
