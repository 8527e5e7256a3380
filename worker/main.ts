import { hostname } from 'node:os';
import { Client } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { Temporal } from '../activities/temporal/temporal.ts';
import { secretsOf } from '../config/config.ts';
import { ConfigError } from '../config/fault.ts';
import { loadConfig } from '../config/load.ts';
import { loadTemporal, type TemporalConfig } from '../config/load-temporal.ts';
import { taskQueue } from '../contracts/names.ts';
import { toSettingsCode, workerIdentity } from '../contracts/settings-code.ts';
import { workflowBundle } from './bundle.ts';
import { createWorkers, runAll } from './create-workers.ts';
import { createDeps } from './create-deps.ts';
import { failureInterceptor } from './failure-interceptor.ts';
import { Health } from './health.ts';
import { createMetrics } from './metrics.ts';
import { observingInterceptor } from './observing-interceptor.ts';
import { createRedactor } from './redactor.ts';
import { StartError, toTemporalStartError } from './start-error.ts';
import { installTelemetry } from './telemetry.ts';
import { Watcher } from './watcher.ts';

/**
 * Serves a namespace's task queues until a signal comes or the parent process ends; pages under way get 20 s to end.
 */
async function main(): Promise<void> {
  const config = loadConfig(process.env);
  const { program, worker } = config;
  const temporal = loadTemporal(process.env);
  const redact = createRedactor([...secretsOf(config), ...otherSecrets(process.env)]);
  await using stack = new AsyncDisposableStack();
  const { runtime, metricsPort } = await installTelemetry(worker, redact);
  stack.defer(() => runtime.shutdown());
  const health = new Health();
  const httpPort = await health.listen(worker.listenAddress, worker.httpPort);
  stack.defer(() => health.close());
  const tracing = isTraced(process.env)
    ? (await import('./tracing.ts')).startTracing(runtime.logger)
    : null;
  stack.defer(() => tracing?.close());
  const codePath = await workflowBundle(tracing !== null);
  const connection = await connect(temporal);
  stack.defer(() => connection.close());
  const metrics = createMetrics(
    runtime.metricMeter.withTags({ tcsync_namespace: program.namespace }),
    config.feeds.map(({ name }) => name),
  );
  const client = new Client({ connection, namespace: temporal.namespace });
  const deps = createDeps(config, new Temporal(client, program.namespace), metrics);
  stack.defer(() => deps.close());
  const watcher = new Watcher(deps, client, metrics, runtime.logger);
  stack.defer(() => watcher.stop());
  watcher.start();
  const workers = await createWorkers(deps, {
    connection,
    namespace: temporal.namespace,
    identity: workerIdentity(`${process.pid}@${hostname()}`, toSettingsCode(deps.compared)),
    codePath,
    buildId: worker.buildId,
    sinks: tracing?.sinks ?? {},
    interceptors: {
      activity: [
        ...(tracing === null ? [] : [tracing.interceptor]),
        observingInterceptor(metrics, watcher),
        failureInterceptor(redact),
      ],
    },
  }).catch((error: unknown) => {
    throw toTemporalStartError(error, temporal);
  });
  health.watch(connection, workers);
  const ended = runAll(workers);
  process.stdout.write(
    `worker is polling ${taskQueue(program.namespace)}; health on port ${httpPort}, metrics on port ${metricsPort}\n`,
  );
  await ended;
}

async function connect(temporal: TemporalConfig): Promise<NativeConnection> {
  try {
    return await NativeConnection.connect(temporal.connectionOptions);
  } catch (error) {
    throw toTemporalStartError(error, temporal);
  }
}

/** Secrets that libraries read from the environment by themselves. */
function otherSecrets(env: NodeJS.ProcessEnv): string[] {
  const headers = [env.OTEL_EXPORTER_OTLP_HEADERS, env.OTEL_EXPORTER_OTLP_TRACES_HEADERS];
  const values = headers
    .flatMap((list) => list?.split(',') ?? [])
    .map((one) => one.replace(/^[^=]*=/, ''));
  return [env.TEMPORAL_API_KEY ?? '', ...values];
}

/** Same rules as OpenTelemetry's own SDK, but off unless one of these variables is set. */
function isTraced(env: NodeJS.ProcessEnv): boolean {
  if (env.OTEL_SDK_DISABLED === 'true' || env.OTEL_TRACES_EXPORTER === 'none') return false;
  const endpoint = env.OTEL_EXPORTER_OTLP_ENDPOINT ?? env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? '';
  return endpoint !== '' || env.OTEL_TRACES_EXPORTER === 'otlp';
}

/** `tcsync worker` holds a channel to the worker. The channel breaks however that process ends. */
function endWithParent(): void {
  if (process.channel === undefined) return;
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  process.channel.unref();
}

// a log that cannot be written (disk full, terminal closed) must not end the worker
for (const output of [process.stdout, process.stderr]) output.on('error', () => undefined);
endWithParent();

try {
  await main();
} catch (error) {
  const said = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const isForeseen = error instanceof ConfigError || error instanceof StartError;
  process.stderr.write(`${isForeseen ? error.message : `the worker ended with ${said}`}\n`);
  // if the creation of a worker was refused, threads of the SDK stay alive
  process.exit(isForeseen ? error.exitCode : 1);
}
