import { loadClientConnectConfig } from '@temporalio/envconfig';
import {
  NativeConnection,
  type NativeConnectionOptions,
  Runtime,
  Worker,
  type WorkerOptions,
} from '@temporalio/worker';
import { createActivities } from '../activities/index.ts';
import { secretsOf } from '../config/config.ts';
import { ConfigError } from '../config/fault.ts';
import { loadConfig } from '../config/load.ts';
import { pagesTaskQueue, taskQueue } from '../contracts/names.ts';
import { workflowBundle } from './bundle.ts';
import { createDeps } from './deps.ts';
import { failureInterceptor } from './failure-interceptor.ts';
import { createLogger } from './logger.ts';
import { createRedactor } from './redact.ts';

/** Pages that one process reads at a time. */
const PAGES_AT_ONCE = 4;

/** Serves a namespace's task queues until SIGTERM or SIGINT; pages under way get 30 s to end. */
async function main(): Promise<void> {
  const config = loadConfig(process.env);
  const redact = createRedactor([
    ...secretsOf(config),
    ...(process.env.TEMPORAL_API_KEY === undefined ? [] : [process.env.TEMPORAL_API_KEY]),
  ]);
  Runtime.install({
    logger: createLogger(levelOf(config.program.logLevel), redact),
    telemetryOptions: { logging: { forward: {}, filter: { core: 'INFO', other: 'WARN' } } },
  });
  const codePath = await workflowBundle();
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  const connection = await connect(connectionOptions);
  const deps = createDeps(config);
  try {
    const { syncPage, ...activities } = createActivities(deps);
    const queue = taskQueue(config.program.namespace);
    const common: Partial<WorkerOptions> & { connection: NativeConnection } = {
      connection,
      namespace,
      interceptors: { activity: [failureInterceptor(redact)] },
      shutdownGraceTime: '30 seconds',
      shutdownForceTime: '45 seconds',
      // a page costs seconds: after a crash little of what was beaten may be lost
      maxHeartbeatThrottleInterval: '5 seconds',
    };
    const workers = [
      await Worker.create({
        ...common,
        taskQueue: queue,
        workflowBundle: { codePath },
        activities,
      }),
      await Worker.create({
        ...common,
        taskQueue: pagesTaskQueue(queue),
        activities: { syncPage },
        maxConcurrentActivityTaskExecutions: PAGES_AT_ONCE,
      }),
    ];
    process.stdout.write(`worker is polling ${queue}\n`);
    await Promise.all(workers.map((worker) => worker.run()));
  } finally {
    await deps.close();
    await connection.close();
  }
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

/** What keeps the worker from starting and a person can mend. */
class StartError extends Error {}

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
