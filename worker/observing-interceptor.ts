import type { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type {
  ActivityExecuteInput,
  ActivityInboundCallsInterceptor,
  ActivityInterceptorsFactory,
  ActivityOutboundCallsInterceptor,
  GetLogAttributesInput,
  Next,
} from '@temporalio/worker';
import type { Activities } from '../activities/index.ts';
import type { Metrics } from './metrics.ts';
import type { Watcher } from './watcher.ts';

type Name = keyof Activities;
type Input<N extends Name> = Parameters<Activities[N]>[0];
type Result<N extends Name> = Awaited<ReturnType<Activities[N]>>;

/**
 * The one place that logs and counts what activities do, from their inputs and results. Each log line of an activity
 * names its run, activity and attempt (added by the SDK), its feed and, for a page, its position.
 */
export function observingInterceptor(
  metrics: Metrics,
  watcher: Pick<Watcher, 'committed'>,
): ActivityInterceptorsFactory {
  return (context) => {
    const interceptor = new ObservingInterceptor(context, metrics, watcher);
    return { inbound: interceptor, outbound: interceptor };
  };
}

class ObservingInterceptor
  implements ActivityInboundCallsInterceptor, ActivityOutboundCallsInterceptor
{
  readonly #context: Context;
  readonly #metrics: Metrics;
  readonly #watcher: Pick<Watcher, 'committed'>;
  #attributes: Record<string, unknown> = {};

  constructor(context: Context, metrics: Metrics, watcher: Pick<Watcher, 'committed'>) {
    this.#context = context;
    this.#metrics = metrics;
    this.#watcher = watcher;
  }

  async execute(
    input: ActivityExecuteInput,
    next: Next<ActivityInboundCallsInterceptor, 'execute'>,
  ): Promise<unknown> {
    const { activityType } = this.#context.info;
    this.#attributes = attributesOf(activityType, input.args[0]);
    const startedMs = performance.now();
    try {
      const result = await next(input);
      this.#succeeded(activityType, input.args[0], result, performance.now() - startedMs);
      return result;
    } catch (error) {
      if (error instanceof ApplicationFailure) {
        this.#metrics.failed(activityType, error.type ?? 'unknown');
      }
      throw error;
    }
  }

  /** Without the task token: whoever has the token can complete the activity. */
  getLogAttributes(
    input: GetLogAttributesInput,
    next: Next<ActivityOutboundCallsInterceptor, 'getLogAttributes'>,
  ): Record<string, unknown> {
    const { taskToken: _, ...attributes } = next(input);
    return { ...attributes, ...this.#attributes };
  }

  #succeeded(activity: string, input: unknown, result: unknown, tookMs: number): void {
    const { log } = this.#context;
    if (is('openWindow', activity)) {
      const { window, kind, expected, pageSize, lanes } = result as Result<'openWindow'>;
      log.info('window opened', { ...window, kind, expected, pageSize, lanes });
    } else if (is('syncPage', activity)) {
      const { feed } = input as Input<'syncPage'>;
      const { counts, ended } = result as Result<'syncPage'>;
      this.#metrics.page(feed, counts, tookMs);
      const { pages: _, ...records } = counts;
      log.info('page written', {
        ...records,
        sliceEnded: ended !== null,
        tookMs: Math.round(tookMs),
      });
    } else if (is('commitWindow', activity)) {
      const { feed, opened, counts, late } = input as Input<'commitWindow'>;
      const { watermark } = result as Result<'commitWindow'>;
      if (watermark !== null) this.#watcher.committed(feed, watermark);
      log.info('window committed', { ...opened.window, ...counts, late, watermark });
    } else if (is('checkpointWindow', activity)) {
      log.info('checkpoint made', { to: (input as Input<'checkpointWindow'>).to });
    } else if (is('saveProgress', activity)) {
      const { window, counts, expected } = (input as Input<'saveProgress'>).progress;
      log.info('progress saved', { ...window, ...counts, expected });
    }
  }
}

/** @param input `undefined` if the activity was scheduled without an argument */
function attributesOf(activity: string, input: unknown): Record<string, unknown> {
  const { feed } = (input ?? {}) as { feed?: string };
  if (feed === undefined) return {};
  if (!is('syncPage', activity)) return { feed };
  const { slice, position } = input as Input<'syncPage'>;
  return { feed, from: slice.from, to: slice.to, cursor: position.cursor };
}

function is(name: Name, activity: string): boolean {
  return activity === name;
}
