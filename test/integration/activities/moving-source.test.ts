import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import * as fc from 'fast-check';
import { modelSeed } from '../../moving-source/seed.ts';
import { stories } from '../../moving-source/story.ts';
import { Places } from './places.ts';
import { PlayedStory } from './played-story.ts';

/** `MODEL_RUNS=3000` plays more. */
const RUNS = Number(process.env.MODEL_RUNS ?? 300);
/** A story has a few more. */
const RUNS_OF_STORY = 4.5;
/** `MODEL_SHRINK=1`, with the `MODEL_SEED` that failed, looks for a short story that fails: it takes minutes. */
const SHRINKS = process.env.MODEL_SHRINK === '1';
/** If fewer changes fall between two pages of a run, the stories prove nothing. */
const CHANGES_OF_STORY_MIN = 5;

const places = new Places();
after(() => places.close());

test('after any changes of the source, and any runs that finish, fail or are terminated at any page, the watermark never passed an unread record, and in the end every newest version is stored', async (context) => {
  const seed = modelSeed();
  const sums = { stories: 0, runs: 0, pages: 0, slices: 0, changesBetweenPages: 0 };
  await fc.assert(
    fc.asyncProperty(stories, async (story) => {
      const told = await new PlayedStory(await places.next()).play(story);
      sums.stories += 1;
      for (const [what, count] of Object.entries(told)) sums[what as keyof typeof told] += count;
    }),
    {
      numRuns: Math.ceil(RUNS / RUNS_OF_STORY),
      seed,
      endOnFailure: !SHRINKS,
    },
  );
  context.diagnostic(
    `seed ${seed}: ${sums.stories} stories, ${sums.runs} runs, ${sums.pages} pages, ${sums.slices} slices, ` +
      `${sums.changesBetweenPages} changes between two pages of one run`,
  );
  assert.ok(sums.runs >= RUNS);
  assert.ok(sums.changesBetweenPages >= CHANGES_OF_STORY_MIN * sums.stories);
});
