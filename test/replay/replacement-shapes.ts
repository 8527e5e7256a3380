import { replacementWorkflowId } from '../../contracts/names.ts';
import type { Line } from '../e2e/line.ts';
import { until } from '../stage.ts';
import { execute, release, sync, type Shape } from './shape.ts';

const ID = replacementWorkflowId('default');

/** The transforms are up to date in some seconds. */
export const QUICK_TRANSFORMS = { ES_TRANSFORM_DELAY: '1s', ES_TRANSFORM_FREQUENCY: '1s' };

/** Replacements of the latest index; each finds the index of the one before. */
export const REPLACEMENT_SHAPES: Record<string, Shape> = {
  'replace-latest-copied': async (line) => {
    await sync(line, 'filled', { feed: 'default' });
    return execute(line, 'replaceLatest', ID, {});
  },

  'replace-latest-undone': (line) => execute(line, 'replaceLatest', ID, { undo: true }),

  'replace-latest-cancelled-while-reading': async (line) => {
    await line.processes.kill('the worker');
    line.env['TCSYNC_OUTPUT_PROFILE'] = 'compatible';
    await line.startWorker();
    await line.source.post('/_sim/faults', { on: 'page', times: 1, fault: { kind: 'hold' } });
    const ended = execute(line, 'replaceLatest', ID, {});
    await until('a page is held', async () => {
      const { held } = await line.source.get<{ held: number }>('/_sim/faults');
      return held === 1;
    });
    await line.temporal.workflow.getHandle(ID).cancel();
    await ended;
    await release(line);
    return ended;
  },

  'replace-latest-read': (line) => execute(line, 'replaceLatest', ID, {}),
};

/** The server suggests to continue as new at the first look at a copy. */
export const CONTINUED_REPLACEMENT_SHAPES: Record<string, Shape> = {
  'replace-latest-continued-as-new': async (line) => {
    // more looks than one activity takes
    await copiesAre(line, 20);
    await execute(line, 'replaceLatest', ID, {});
    return { workflowId: ID, run: 'first' };
  },

  'replace-latest-continued': async () => ({ workflowId: ID, run: 'last' }),
};

async function copiesAre({ sink }: Line, looks: number): Promise<void> {
  await sink.post('/_sim/tasks', { looks });
}
