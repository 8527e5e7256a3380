import { CancellationScope, condition } from '@temporalio/workflow';
import type { Engine } from './run-lanes.ts';

export const TEMPORAL: Engine = {
  until: (isTrue, withinMs) =>
    withinMs === undefined ? condition(isTrue) : condition(isTrue, withinMs),
  scope: () => new CancellationScope(),
};
