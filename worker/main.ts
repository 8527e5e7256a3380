import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection, type NativeConnectionOptions, Runtime } from '@temporalio/worker';
import { secretsOf } from '../config/config.ts';
import { ConfigError } from '../config/fault.ts';
import { loadConfig } from '../config/load.ts';
import { taskQueue } from '../contracts/names.ts';
import { workflowBundle } from './bundle.ts';
import { createWorkers, runAll } from './create-workers.ts';
import { createDeps } from './deps.ts';
import { failureInterceptor } from './failure-interceptor.ts';
import { Health } from './health.ts';
import { createLogger } from './logger.ts';
import { createRedactor } from './redact.ts';
import { StartError } from './start-error.ts';

/** Serves a namespace's task queues until SIGTERM or SIGINT; pages under way get 20 s to end. */
async function main(): Promise<void> {
  const config = loadConfig(process.env);
  const { program } = config;
  const redact = createRedactor([
    ...secretsOf(config),
    ...(process.env.TEMPORAL_API_KEY === undefined ? [] : [process.env.TEMPORAL_API_KEY]),
  ]);
  await using stack = new AsyncDisposableStack();
  const runtime = Runtime.install({
    logger: createLogger(levelOf(program.logLevel), redact),
    telemetryOptions: { logging: { forward: {}, filter: { core: 'INFO', other: 'WARN' } } },
  });
  stack.defer(() => runtime.shutdown()); // else the process would not end
  const health = new Health();
  const httpPort = await health.listen(program.httpPort);
  stack.defer(() => health.close());
  const codePath = await workflowBundle();
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  const connection = await connect(connectionOptions);
  stack.defer(() => connection.close());
  const deps = createDeps(config);
  stack.defer(() => deps.close());
  const workers = await createWorkers(deps, {
    connection,
    namespace,
    codePath,
    interceptors: { activity: [failureInterceptor(redact)] },
  });
  health.watch(connection, workers);
  const ended = runAll(workers);
  process.stdout.write(
    `worker is polling ${taskQueue(program.namespace)}; health on port ${httpPort}\n`,
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

function levelOf(level: 'trace' | 'debug' | 'info' | 'warn' | 'error') {
  return level.toUpperCase() as 'TRACE' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';
}

try {
  await main();
} catch (error) {
  if (!(error instanceof ConfigError || error instanceof StartError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
