import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { Client } from '@elastic/elasticsearch';
import * as fc from 'fast-check';
import {
  BulkWriter,
  DOCUMENT_BYTES_MAX,
  type BulkDocument,
  type BulkOutcome,
} from '../../../../activities/elasticsearch/bulk-writer.ts';
import { createSink } from '../../../../activities/elasticsearch/client.ts';
import { MoodySink, type Mood } from './moody-sink.ts';

type Draft = BulkDocument & { key: string };

/** A clock that only waits move; the attempt ends when it passes the deadline. */
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

describe('a bulk writer before a sink of every mood', () => {
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
  ): Promise<BulkOutcome<Draft>> {
    const writer = new BulkWriter<Draft>(sink, {
      target: 'logs-x',
      signal: attempt.signal,
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

  test('every document ends exactly once as created, duplicate or reject, or the attempt fails, and nothing is sent behind its deadline', async () => {
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
              assert.match((error as Error).name, /^Sink(Overloaded|Unavailable)Error$/);
            }
            await setImmediate(); // a request on its way would arrive
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

  test('only what was refused for lack of room is sent again', async () => {
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

  test('a request that is too large is halved until it is not, and one document alone is a reject', async () => {
    server.reset(
      Array.from({ length: 3 }, () => ({
        kind: 'whole' as const,
        status: 413,
        retryAfterSeconds: null,
      })),
      [],
    );
    const outcome = await write([0, 1, 2, 3].map(draftOf), new Attempt(60_000));
    assert.deepEqual(
      server.sent.map((ids) => ids.length),
      [4, 2, 1, 1, 2],
    );
    assert.equal(outcome.created, 3);
    assert.deepEqual(
      outcome.rejects.map(({ document }) => document.id),
      ['d0'],
    );
  });

  test('`Retry-After` of a whole request is waited for', async () => {
    server.reset([{ kind: 'whole', status: 429, retryAfterSeconds: 9 }], []);
    const attempt = new Attempt(60_000);
    await write([draftOf(0)], attempt);
    assert.equal(attempt.nowMs, 9_000);
  });

  test('a document beyond what Elasticsearch takes is a reject and is never sent', async () => {
    server.reset([], []);
    const large = { ...draftOf(0), source: ' '.repeat(DOCUMENT_BYTES_MAX + 1) };
    const outcome = await write([large, draftOf(1)], new Attempt(60_000));
    assert.deepEqual(server.sent, [['d1']]);
    assert.deepEqual(
      outcome.rejects.map(({ document }) => document.id),
      ['d0'],
    );
  });

  test('one item less than documents is no answer', async () => {
    server.reset([{ kind: 'short' }], []);
    await assert.rejects(write([draftOf(0), draftOf(1)], new Attempt(60_000)), {
      name: 'SinkUnavailableError',
    });
  });

  test('after a cancellation nothing is sent', async () => {
    server.reset([], []);
    const attempt = new Attempt(0);
    await assert.rejects(attempt.sleep(1));
    await assert.rejects(write([draftOf(0)], attempt), attempt.reason);
    assert.equal(server.requests, 0);
  });
});

function draftOf(index: number): Draft {
  return { key: String(index), id: `d${index}`, source: `{"n":${index}}` };
}
