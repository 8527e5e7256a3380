import { once } from 'node:events';
import { type AddressInfo, createServer, isIPv6 } from 'node:net';
import { Runtime } from '@temporalio/worker';
import type { WorkerConfig } from '../config/config.ts';
import { createLogger } from './logger.ts';
import { BUCKETS } from './metrics.ts';
import { toListenError } from './start-error.ts';

/** The SDK's own signals, and SIGHUP, which a closed terminal sends: pages under way may end then, too. */
const SHUTDOWN_SIGNALS: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGQUIT', 'SIGUSR2', 'SIGHUP'];

/**
 * Installs the SDK's runtime, once per process: logs as JSON, and one page for Prometheus with the SDK's metrics and
 * our own. The process does not end before the runtime is shut down.
 *
 * @throws {StartError} if the port is taken, or the address is not this machine's
 */
export async function installTelemetry(
  {
    logLevel,
    listenAddress: host,
    metricsPort,
  }: Pick<WorkerConfig, 'logLevel' | 'listenAddress' | 'metricsPort'>,
  redact: (text: string) => string,
): Promise<{ runtime: Runtime; metricsPort: number }> {
  let port = metricsPort;
  try {
    // the SDK does not report which port it took
    if (port === 0) port = await freePort(host);
    const runtime = Runtime.install({
      shutdownSignals: SHUTDOWN_SIGNALS,
      logger: createLogger(levelOf(logLevel), redact),
      telemetryOptions: {
        logging: { forward: {}, filter: { core: 'INFO', other: 'WARN' } },
        metrics: {
          prometheus: {
            bindAddress: `${isIPv6(host) ? `[${host}]` : host}:${port}`,
            countersTotalSuffix: true,
            unitSuffix: true,
            useSecondsForDurations: true,
            histogramBucketOverrides: BUCKETS,
          },
        },
      },
    });
    return { runtime, metricsPort: port };
  } catch (error) {
    throw toListenError(error, { variable: 'TCSYNC_METRICS_PORT', host, port });
  }
}

async function freePort(host: string): Promise<number> {
  const server = createServer().listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return port;
}

function levelOf(level: WorkerConfig['logLevel']) {
  return level.toUpperCase() as Uppercase<typeof level>;
}
