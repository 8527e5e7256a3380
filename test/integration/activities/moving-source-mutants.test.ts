import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { StateStore } from '../../../activities/elasticsearch/state-store.ts';
import { stateIndex } from '../../../contracts/names.ts';
import { Places, type Mutant } from './places.ts';
import { LossError, PlayedStory } from './played-story.ts';
import { stories } from '../../moving-source/story.ts';

/** The same for all defects, so that each is found after the same number of stories every time. */
const SEED = 20_261_130;

/** Defects of programs for this job. Each is made at the edge of the program's own code, which stays as it is. */
const MUTANTS: Record<string, Mutant> = {
  'pages begin at an offset of the moving list': {
    wrap: ({ syncPage }, { proxy }) => ({
      syncPage: (input) => {
        const { read } = input.position;
        proxy.rewrite = (path) => withQuery(path, (query) => byOffset(query, read));
        return syncPage(input);
      },
    }),
    rewrite: (path) => path,
  },
  'a window does not overlap the one before': { settings: { overlapMs: 0 } },
  'the watermark moves before the last page': {
    wrap: ({ checkpointWindow }) => ({
      checkpointWindow: (input) => checkpointWindow({ ...input, to: input.opened.window.to }),
    }),
  },
  'the lower bound of a slice is exclusive': {
    rewrite: (path) =>
      withQuery(path, (query) => {
        const tql = query.get('tql');
        if (tql !== null) query.set('tql', tql.replace('lastModified >= ', 'lastModified > '));
      }),
  },
  'a page with fewer records than asked for is taken as the last one': {
    wrap: ({ syncPage }) => ({
      syncPage: async (input) => {
        const page = await syncPage(input);
        const isShort = page.position.read - input.position.read < input.pageSize;
        const isTaken = page.ended === null && isShort && page.absentOwnerIds.length === 0;
        return isTaken ? { ...page, ended: { missing: 0, settledMissing: 0 } } : page;
      },
    }),
  },
  'the saved progress of another configuration is taken up': {
    wrap: ({ openWindow }, { set }) => ({
      openWindow: async (input) => {
        const { configHash } = await openWindow(input);
        const store = new StateStore(set.sink, stateIndex('default'));
        const { signal } = new AbortController();
        const { unfinished, version } = await store.readUnfinished('default', signal);
        if (unfinished !== null && unfinished !== 'unreadable') {
          const progress = { ...unfinished.progress, configHash };
          await store.writeUnfinished({ ...unfinished, progress }, version, signal);
        }
        return openWindow(input);
      },
    }),
  },
};
const STORIES_MAX = 60;

describe('the stories find a program that', () => {
  for (const [what, mutant] of Object.entries(MUTANTS)) {
    test(`${what}: an indicator is lost`, async (context) => {
      const places = new Places(mutant);
      context.after(() => places.close());
      const found = await fc.check(
        fc.asyncProperty(stories, async (story) => {
          const place = await places.next();
          await new PlayedStory(place).play(story).catch((error: unknown) => {
            // some defects make a run fail before anything is lost
            if (error instanceof LossError) throw error;
          });
        }),
        { numRuns: STORIES_MAX, seed: SEED, endOnFailure: true },
      );
      assert.ok(found.failed, `not found in ${STORIES_MAX} stories`);
      const { message } = found.errorInstance as LossError;
      context.diagnostic(`found after ${found.numRuns} stories: ${message.slice(0, 150)}`);
    });
  }
});

function withQuery(path: string, change: (query: URLSearchParams) => void): string {
  const url = new URL(path, 'http://source');
  change(url.searchParams);
  return `${url.pathname}?${url.searchParams.toString()}`;
}

/** Asks for the records behind the first `read` ones instead of those behind an id. */
function byOffset(query: URLSearchParams, read: number): void {
  const tql = query.get('tql') ?? '';
  const [, whole = ''] = / AND (id > \d+)(?= |$)/.exec(tql) ?? [];
  if (whole === '') return;
  query.set('tql', tql.replace(` AND ${whole}`, ''));
  query.set('resultStart', String(read));
}
