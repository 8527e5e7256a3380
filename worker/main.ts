import { NativeConnection, type NativeConnectionOptions } from '@temporalio/worker';
import { secretsOf } from '../config/config.ts';
import { ConfigError } from '../config/fault.ts';
import { loadConfig } from '../config/load.ts';
import { loadTemporal } from '../config/temporal.ts';
import { taskQueue } from '../contracts/names.ts';
import { workflowBundle } from './bundle.ts';
import { createWorkers, runAll } from './create-workers.ts';
import { createDeps } from './deps.ts';
import { failureInterceptor } from './failure-interceptor.ts';
import { Freshness } from './freshness.ts';
import { Health } from './health.ts';
import { createMetrics } from './metrics.ts';
import { observingInterceptor } from './observing-interceptor.ts';
import { createRedactor } from './redact.ts';
import { StartError } from './start-error.ts';
import { installTelemetry } from './telemetry.ts';

/** Serves a namespace's task queues until SIGTERM or SIGINT; pages under way get 20 s to end. */
async function main(): Promise<void> {
  const config = loadConfig(process.env);
  const { program } = config;
  const redact = createRedactor([...secretsOf(config), ...otherSecrets(process.env)]);
  await using stack = new AsyncDisposableStack();
  const { runtime, metricsPort } = await installTelemetry(program, redact);
  stack.defer(() => runtime.shutdown());
  const health = new Health();
  const httpPort = await health.listen(program.httpPort);
  stack.defer(() => health.close());
  const tracing = isTraced(process.env)
    ? (await import('./tracing.ts')).startTracing(runtime.logger)
    : null;
  stack.defer(() => tracing?.close());
  const codePath = await workflowBundle(tracing !== null);
  const { connectionOptions, namespace = 'default' } = loadTemporal(process.env);
  const connection = await connect(connectionOptions);
  stack.defer(() => connection.close());
  const metrics = createMetrics(
    runtime.metricMeter.withTags({ tcsync_namespace: program.namespace }),
  );
  const deps = createDeps(config, metrics);
  stack.defer(() => deps.close());
  const freshness = new Freshness(deps, metrics, runtime.logger);
  stack.defer(() => freshness.stop());
  freshness.start();
  const workers = await createWorkers(deps, {
    connection,
    namespace,
    codePath,
    buildId: program.buildId,
    sinks: tracing?.sinks ?? {},
    interceptors: {
      activity: [
        ...(tracing === null ? [] : [tracing.interceptor]),
        observingInterceptor(metrics, freshness),
        failureInterceptor(redact),
      ],
    },
  });
  health.watch(connection, workers);
  const ended = runAll(workers);
  process.stdout.write(
    `worker is polling ${taskQueue(program.namespace)}; health on port ${httpPort}, metrics on port ${metricsPort}\n`,
  );
  await ended;
}

async function connect(options: NativeConnectionOptions): Promise<NativeConnection> {
  try {
    return await NativeConnection.connect(options);
  } catch (error) {
    throw new StartError(
      `cannot reach Temporal at ${options.address ?? 'localhost:7233'} (TEMPORAL_ADDRESS): ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** Those that libraries read by themselves. */
function otherSecrets(env: NodeJS.ProcessEnv): string[] {
  const headers = [env.OTEL_EXPORTER_OTLP_HEADERS, env.OTEL_EXPORTER_OTLP_TRACES_HEADERS];
  const values = headers
    .flatMap((list) => list?.split(',') ?? [])
    .map((one) => one.replace(/^[^=]*=/, ''));
  return [env.TEMPORAL_API_KEY ?? '', ...values];
}

/** As OpenTelemetry's own SDK would decide, but off unless one of them is set. */
function isTraced(env: NodeJS.ProcessEnv): boolean {
  if (env.OTEL_SDK_DISABLED === 'true' || env.OTEL_TRACES_EXPORTER === 'none') return false;
  const endpoint = env.OTEL_EXPORTER_OTLP_ENDPOINT ?? env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? '';
  return endpoint !== '' || env.OTEL_TRACES_EXPORTER === 'otlp';
}

try {
  await main();
} catch (error) {
  if (!(error instanceof ConfigError || error instanceof StartError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
