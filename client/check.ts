import type { Step } from './check/step.ts';
import { stepText } from './check/step.ts';
import { takeSteps } from './check/take-steps.ts';
import { EXIT, type ExitCode } from './exit-code.ts';

/**
 * Checks everything that a run needs, step by step, and continues after a failure as far as possible. Changes nothing.
 * Prints one line for each step, and the remedy below it; with `json`, one object, `{ ok, steps: Step[] }`.
 *
 * @returns `usage` if the configuration has a fault, `attention` if there are warnings but no failures
 */
export async function check(json: boolean): Promise<ExitCode> {
  const steps = await takeSteps(process.env, (step) => {
    if (!json) process.stdout.write(stepText(step));
  });
  const exitCode = toExitCode(steps);
  if (json) process.stdout.write(`${JSON.stringify({ ok: exitCode === EXIT.ok, steps })}\n`);
  return exitCode;
}

export function toExitCode(steps: readonly Step[]): ExitCode {
  const has = (state: Step['state']) => steps.some((step) => step.state === state);
  if (steps.some(({ name, state }) => name === 'configuration' && state === 'failed')) {
    return EXIT.usage;
  }
  if (has('failed')) return EXIT.failed;
  return has('warning') ? EXIT.attention : EXIT.ok;
}
