import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  bundleWorkflowCode,
  DefaultLogger,
  Runtime,
  type WorkflowBundle,
} from '@temporalio/worker';
import { bundleOptions } from '../../worker/bundle.ts';
import { readHistory, replayHistory } from './read-history.ts';

const WORKFLOWS = path.join(import.meta.dirname, '../../workflows');
const LOADER = fileURLToPath(import.meta.resolve('./mutate-loader.mjs'));

type Mutation = {
  /** The defect of the changed code. */
  what: string;
  file: string;
  /** Must occur once in the file. */
  find: string;
  replace: string;
  /** A shape whose history fails with the change. */
  refusedBy: string;
};

const MUTATIONS: readonly Mutation[] = [
  {
    what: 'an activity has another name',
    file: 'sync-feed.ts',
    find: '{ openWindow,',
    replace: '{ openTheWindow: openWindow,',
    refusedBy: 'sync-feed-nothing-new',
  },
  {
    what: 'a paused run begins another page',
    file: 'read-window.ts',
    find: 'await run.released();\n      const unfinished',
    replace: 'const unfinished',
    refusedBy: 'sync-feed-paused',
  },
  {
    what: 'the watermark stays until the window is committed',
    file: 'read-window.ts',
    find: 'return checkpoint(run, reader);',
    replace: 'return;',
    refusedBy: 'sync-feed-checkpoints',
  },
  {
    what: 'a run that fails or is cancelled saves nothing',
    file: 'sync-feed.ts',
    find: 'await CancellationScope.nonCancellable(() => save(feed, run.current));',
    replace: '',
    refusedBy: 'sync-feed-failed',
  },
  {
    what: 'the save of a cancelled run is cancelled too',
    file: 'sync-feed.ts',
    find: 'CancellationScope.nonCancellable(() => save(feed, run.current))',
    replace: 'save(feed, run.current)',
    refusedBy: 'sync-feed-cancelled',
  },
  {
    what: 'the count of a slice is trusted although an owner was hidden',
    file: 'after-page.ts',
    find: 'missing === 0 && !hidden',
    replace: 'missing <= 0',
    refusedBy: 'sync-feed-owner-vanished',
  },
  {
    what: 'a run that has ended keeps its TcsyncState',
    file: 'run-state.ts',
    find: 'upsertSearchAttributes([{ key: STATE, value: null }]);',
    replace: '',
    refusedBy: 'sync-feed-nothing-new',
  },
  {
    what: 'no lane takes over a slice that another lane has left',
    file: 'run-lanes.ts',
    find: 'taken.delete(slice.number);',
    replace: '',
    refusedBy: 'sync-feed-tuned-to-fewer-lanes',
  },
  {
    what: 'after a lane has failed, the others continue',
    file: 'run-lanes.ts',
    find: 'if (running.size > 0) scope.cancel();',
    replace: '',
    refusedBy: 'sync-feed-failed',
  },
  {
    what: 'a continue-as-new waits for a page without a limit',
    file: 'run-lanes.ts',
    find: 'until(stopped, run.drainMs)',
    replace: 'until(stopped)',
    refusedBy: 'sync-feed-drained',
  },
  {
    what: 'a lane begins a page although the run will continue as new',
    file: 'run-lanes.ts',
    find: '&& !run.ending()',
    replace: '',
    refusedBy: 'sync-feed-continued-as-new',
  },
  {
    what: 'a page that fails after its cancellation fails the run',
    file: 'run-lanes.ts',
    find: 'run.ending() && wasCancelled(error)',
    replace: 'run.ending() && isCancellation(error)',
    refusedBy: 'sync-feed-drained-by-a-dead-worker',
  },
  {
    what: 'a page with too many rejects is not tried again',
    file: 'read-page.ts',
    find: "['1 second', '5 seconds', '15 seconds']",
    replace: '[]',
    refusedBy: 'sync-feed-too-many-rejects',
  },
  {
    what: 'a paused backfill begins another span',
    file: 'backfill-feed.ts',
    find: 'await run.released();\n    if (!stays())',
    replace: 'if (!stays())',
    refusedBy: 'backfill-feed-steered',
  },
  {
    what: 'a pause does not reach the spans',
    file: 'run-state.ts',
    find: 'await this.#passOn({ signal: pause, args: [given] });',
    replace: '',
    refusedBy: 'backfill-feed-steered',
  },
  {
    what: 'a failed span ends the backfill',
    file: 'backfill-feed.ts',
    find: 'run.update(afterFailedSpan(run.current, span, error));',
    replace: 'throw error;',
    refusedBy: 'backfill-feed-incomplete',
  },
  {
    what: 'a backfill that resumes reads every span',
    file: 'backfill-feed.ts',
    find: 'run.current.resume ?',
    replace: 'false ?',
    refusedBy: 'backfill-feed-resumed',
  },
  {
    what: 'the old transform writes while the changes are copied',
    file: 'replacement-steps.ts',
    find: "readToMs = await stopOld(around, replacement);\n    report({ phase: 'copying changes' });",
    replace: "readToMs = null;\n    report({ phase: 'copying changes' });",
    refusedBy: 'replace-latest-copied',
  },
  {
    what: 'readers are moved without a comparison',
    file: 'replacement-steps.ts',
    find: 'return compareLatest({ replacement, readToMs });',
    replace: 'return null;',
    refusedBy: 'replace-latest-read',
  },
  {
    what: 'what a cancelled replacement has built stays',
    file: 'replacement-steps.ts',
    find: 'const isKept = await activities.abandonReplacement({ replacement });',
    replace: 'const isKept = true;',
    refusedBy: 'replace-latest-cancelled-while-reading',
  },
  {
    what: 'a copy of days fills the history',
    file: 'replacement-steps.ts',
    find: 'await renew(started?.task ?? null);',
    replace: '{}',
    refusedBy: 'replace-latest-continued-as-new',
  },
  {
    what: 'a run that continues a copy begins another',
    file: 'replacement-steps.ts',
    find: "part === 'all' && copying !== null",
    replace: 'false',
    refusedBy: 'replace-latest-continued',
  },
];

describe('a change that breaks open runs is found', () => {
  before(() => {
    // the SDK logs a warning for each failed replay
    const telemetryOptions = { logging: { filter: { core: 'ERROR', other: 'ERROR' } } } as const;
    Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions });
  });

  test('without a change nothing is found', async () => {
    const workflowBundle = await bundle();
    for (const name of new Set(MUTATIONS.map(({ refusedBy }) => refusedBy))) {
      assert.equal(await refuses(workflowBundle, name), false, name);
    }
  });

  for (const { what, file, find, replace, refusedBy } of MUTATIONS) {
    test(`${what}: refused by ${refusedBy}`, async () => {
      const parts = readFileSync(path.join(WORKFLOWS, file), 'utf8').split(find);
      assert.equal(parts.length, 2, `${file} has to have this once: ${find}`);
      const mutated = await bundle({ file, find, replace });
      assert.equal(await refuses(mutated, refusedBy), true, `${refusedBy} accepts it`);
    });
  }
});

/** The unchanged workflows, or the workflows with a change. */
function bundle(mutation?: Pick<Mutation, 'file' | 'find' | 'replace'>): Promise<WorkflowBundle> {
  return bundleWorkflowCode({
    ...bundleOptions(false),
    webpackConfigHook: (config) => {
      if (mutation === undefined) return config;
      const { file, ...options } = mutation;
      const resource = path.join(WORKFLOWS, file);
      const rule = { resource, enforce: 'pre' as const, use: [{ loader: LOADER, options }] };
      return {
        ...config,
        module: { ...config.module, rules: [...(config.module?.rules ?? []), rule] },
      };
    },
  });
}

/** Whether a run with this history could not continue. */
async function refuses(workflowBundle: WorkflowBundle, name: string): Promise<boolean> {
  try {
    await replayHistory(workflowBundle, readHistory(name));
    return false;
  } catch (error) {
    if (error instanceof Error && error.name === 'DeterminismViolationError') return true;
    throw error;
  }
}
