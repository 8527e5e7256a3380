import type { Deps } from '../activities/attempt/deps.ts';
import { createInstaller, createSink } from '../activities/elasticsearch/client.ts';
import { rememberServer } from '../activities/elasticsearch/server-info.ts';
import { IN_FLIGHT_BYTES, InFlight } from '../activities/page/bytes-in-flight.ts';
import { PagePriority } from '../activities/page/page-priority.ts';
import { ThreatConnect } from '../activities/threatconnect/threatconnect.ts';
import type { TemporalQuestions } from '../activities/temporal/temporal.ts';
import { REAL_WAITING } from '../activities/attempt/waiting.ts';
import { comparedSettings } from '../config/compared-settings.ts';
import type { Config } from '../config/config.ts';
import type { Metrics } from './metrics.ts';

/** Builds the collaborators of the activities. Call `close` after the last activity has ended. */
export function createDeps(
  config: Config,
  temporal: TemporalQuestions,
  metrics?: Pick<Metrics, 'source' | 'sinkAnswered'>,
  waiting = REAL_WAITING,
): Deps & { close(): Promise<void> } {
  const { source: sourceConfig, sink: sinkConfig, program: settings, feeds } = config;
  const source = new ThreatConnect({
    ...sourceConfig,
    ...(metrics && { observer: metrics.source }),
    waiting,
  });
  const sink = createSink(sinkConfig);
  const installer = createInstaller(sinkConfig, sink);
  const clients = new Set([sink, installer]);
  for (const client of clients) {
    client.diagnostic.on('response', (_error, answer) => {
      metrics?.sinkAnswered(answer?.statusCode ?? null);
    });
  }
  return {
    source,
    sink,
    installer,
    temporal,
    inFlight: new InFlight(IN_FLIGHT_BYTES),
    priority: new PagePriority(),
    waiting,
    server: rememberServer(sink),
    feeds,
    compared: comparedSettings(config),
    settings,
    close: async () => {
      await source.close();
      for (const client of clients) await client.close();
    },
  };
}
