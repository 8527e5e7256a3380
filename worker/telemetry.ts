import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { Runtime } from '@temporalio/worker';
import type { ProgramConfig } from '../config/config.ts';
import { createLogger } from './logger.ts';
import { BUCKETS } from './metrics.ts';
import { portTaken } from './start-error.ts';

/**
 * Installs the SDK's runtime, once in a process: logs as JSON, and one page for Prometheus with the SDK's metrics
 * and our own. Shut it down, or the process does not end.
 *
 * @throws {StartError} where the port is taken
 */
export async function installTelemetry(
  { logLevel, metricsPort }: Pick<ProgramConfig, 'logLevel' | 'metricsPort'>,
  redact: (text: string) => string,
): Promise<{ runtime: Runtime; metricsPort: number }> {
  // the SDK does not tell which one it took
  const port = metricsPort === 0 ? await freePort() : metricsPort;
  try {
    const runtime = Runtime.install({
      logger: createLogger(levelOf(logLevel), redact),
      telemetryOptions: {
        logging: { forward: {}, filter: { core: 'INFO', other: 'WARN' } },
        metrics: {
          prometheus: {
            bindAddress: `0.0.0.0:${port}`,
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
    const isTaken = error instanceof Error && error.message.includes('Address already in use');
    throw isTaken ? portTaken('TCSYNC_METRICS_PORT', port, error) : error;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '0.0.0.0');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return port;
}

function levelOf(level: ProgramConfig['logLevel']) {
  return level.toUpperCase() as Uppercase<typeof level>;
}
