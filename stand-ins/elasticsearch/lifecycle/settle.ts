import { type Cluster } from '../state/cluster.ts';
import { keepStream } from './retention.ts';
import { enterPolicy, isManaged, step } from './steps.ts';

// indices.lifecycle.poll_interval
const POLL_MS = 600_000;

/**
 * Carries out the polls that are due by the clock, each at its own time. It is called before each request: nothing runs
 * in the background, so a test that moves the clock sees the result with its next request.
 */
export function settleLifecycles(cluster: Cluster): void {
  const nowMs = cluster.clock.nowMs();
  const { lifecycles } = cluster;
  if (nowMs < lifecycles.polledMs) lifecycles.polledMs = nowMs;
  for (const index of cluster.indices.values()) {
    if (index.lifecycle === null && isManaged(cluster, index))
      enterPolicy(cluster, index, index.createdMs);
  }
  while (nowMs - lifecycles.polledMs >= POLL_MS) {
    lifecycles.polledMs += POLL_MS;
    cluster.clock.at(lifecycles.polledMs, () => poll(cluster, lifecycles.polledMs));
  }
}

/** The work of ILM and of the data stream lifecycle at this time. */
function poll(cluster: Cluster, nowMs: number): void {
  if (cluster.lifecycles.running) {
    for (const index of cluster.indices.values()) {
      if (index.createdMs > nowMs) continue;
      const state = enterPolicy(cluster, index, nowMs);
      if (state !== null) step(cluster, index, state, nowMs);
    }
  }
  for (const stream of cluster.streams.values()) keepStream(cluster, stream, nowMs);
}
