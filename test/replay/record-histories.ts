import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { startLine, type Line } from '../e2e/line.ts';
import { BACKFILL_SHAPES, CONTINUED_BACKFILL_SHAPES } from './backfill-shapes.ts';
import { CONTINUED_SHAPES } from './continued-shapes.ts';
import { keptHistory } from './kept-history.ts';
import { REFUSED_SHAPES } from './refused-shapes.ts';
import {
  CONTINUED_REPLACEMENT_SHAPES,
  QUICK_TRANSFORMS,
  REPLACEMENT_SHAPES,
} from './replacement-shapes.ts';
import type { Shape } from './shape.ts';
import { STEERED_SHAPES } from './steered-shapes.ts';

/**
 * `npm run record:histories`: runs each shape of a workflow on a dev server and keeps its history. Run it
 * after an intended change of a workflow. Before that, the old histories show what the change breaks.
 */
const FOLDER = path.join(import.meta.dirname, 'histories');

/** The order matters: some runs continue the state of others. */
async function record(line: Line, shapes: Record<string, Shape>): Promise<void> {
  for (const [name, shape] of Object.entries(shapes)) {
    const history = await keptHistory(line.temporal, await shape(line));
    writeFileSync(path.join(FOLDER, `${name}.json`), history);
    process.stderr.write(`${name}: ${history.length} bytes\n`);
  }
}

async function recordOn(
  options: Parameters<typeof startLine>[0],
  ...tables: Record<string, Shape>[]
): Promise<void> {
  const line = await startLine(options);
  try {
    await line.processes.tcsync(['apply'], line.env);
    for (const shapes of tables) await record(line, shapes);
  } finally {
    await line.stop();
  }
}

mkdirSync(FOLDER, { recursive: true });
await Promise.all([
  recordOn({ records: 130 }, STEERED_SHAPES, REFUSED_SHAPES, BACKFILL_SHAPES),
  recordOn(
    { records: 260, dynamicConfig: ['limit.historyCount.suggestContinueAsNew=40'] },
    CONTINUED_SHAPES,
    CONTINUED_BACKFILL_SHAPES,
  ),
  recordOn({ records: 60, env: QUICK_TRANSFORMS }, REPLACEMENT_SHAPES),
  recordOn(
    {
      records: 60,
      env: QUICK_TRANSFORMS,
      dynamicConfig: ['limit.historyCount.suggestContinueAsNew=10'],
    },
    CONTINUED_REPLACEMENT_SHAPES,
  ),
]);
