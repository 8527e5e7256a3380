import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { ProgressBar, type Shown } from './progress-bar.ts';
import { progressOf } from '../watch/look-at-run.ts';
import type { Session } from './session.ts';
import { Silence } from './silence.ts';
import { isAway } from './temporal-error.ts';
import { waitingFor, type Wait } from './waiting-for.ts';
import { toCommandError, type WhatIsLeft } from './workflow-error.ts';

const LOOK_EVERY_MS = 500;
/** Longest wait for one answer of Temporal or of a worker. After a timeout the command asks again. */
const ANSWER_MS = 1_000;

/** A run whose end is awaited. @typeParam R its result */
export type Followed<R> = Pick<WorkflowHandle, 'workflowId' | 'describe'> & {
  result: () => Promise<R>;
};

/** Progress of a workflow. `within`: id of the workflow that reads for it at the moment, if it does not read itself. */
export type FollowedProgress = Shown & { within?: string | null };

export type LookAt = (
  temporal: Session['temporal'],
  workflowId: string,
  signal: AbortSignal,
) => Promise<FollowedProgress | null>;

/**
 * Waits for the end of a workflow. Draws its progress if the workflow reports one, and says what it waits for if
 * nothing moves. Continues to wait while Temporal does not answer. Ctrl-C ends only the waiting, not the workflow.
 *
 * @returns the result of the workflow; `null` after Ctrl-C
 * @throws {CommandError} if the workflow fails
 */
export async function follow<R>(
  session: Session,
  handle: Followed<R>,
  lookAt: LookAt = progressOf,
  left: WhatIsLeft | null = null,
): Promise<R | null> {
  const bar = new ProgressBar(process.stderr);
  const ended = new AbortController();
  const detached = new AbortController();
  const detach = () => detached.abort();
  process.once('SIGINT', detach);
  const signal = AbortSignal.any([ended.signal, detached.signal]);
  const looking = look(session, handle, { lookAt, bar, signal });
  try {
    return await resultOf(session, handle, detached.signal);
  } catch (error) {
    throw toCommandError(handle.workflowId, error, left);
  } finally {
    process.off('SIGINT', detach);
    ended.abort();
    await looking;
    bar.end();
  }
}

async function resultOf<R>(
  { temporal }: Session,
  handle: Followed<R>,
  signal: AbortSignal,
): Promise<R | null> {
  for (;;) {
    try {
      // the signal ends the long poll, which would otherwise outlive the connection
      return await temporal.withAbortSignal(signal, () => handle.result());
    } catch (error) {
      if (signal.aborted) return null;
      // the client itself has already retried for half a minute
      if (!isAway(error)) throw error;
    }
  }
}

/** Shows progress and waits until the signal. Asks again after an error: `resultOf` reports a failed workflow. */
async function look(
  session: Session,
  handle: Followed<unknown>,
  { lookAt, bar, signal }: { lookAt: LookAt; bar: ProgressBar; signal: AbortSignal },
): Promise<void> {
  const silence = new Silence();
  let progress: FollowedProgress | null = null;
  while (!signal.aborted) {
    const askedMs = performance.now();
    const reading = progress?.within ?? null;
    const awaited = reading === null ? handle : session.temporal.workflow.getHandle(reading);
    const wait = await waitOf(session, awaited, progress);
    const pages = progress?.counts.pages ?? null;
    const said = silence.broken(wait, pages, askedMs, performance.now());
    if (said !== null) bar.say(said);
    progress = await lookAt(
      session.temporal,
      handle.workflowId,
      AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
    );
    if (progress !== null) bar.draw(progress, performance.now());
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined); // aborted: the loop ends
  }
}

async function waitOf(
  { connection }: Session,
  handle: Followed<unknown>,
  progress: FollowedProgress | null,
): Promise<Wait | null> {
  try {
    const description = await connection.withDeadline(Date.now() + ANSWER_MS, () =>
      handle.describe(),
    );
    if (progress === null || progress.paused === null) return waitingFor(description);
    const sentence = `the run is paused: ${progress.paused}; \`tcsync resume\` continues it`;
    return { sentence, key: sentence, isTrouble: true };
  } catch (error) {
    if (!isAway(error)) return null;
    return {
      sentence: 'Temporal does not answer (TEMPORAL_ADDRESS)',
      key: 'away',
      isTrouble: true,
    };
  }
}
