import { Client, Connection } from '@temporalio/client';
import { comparedSettings } from '../config/compared-settings.ts';
import type { Config, Feed } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import { loadTemporal } from '../config/load-temporal.ts';
import { taskQueue } from '../contracts/names.ts';
import { otherSettings } from '../watch/judge-temporal.ts';
import { lookAtWorkers, type Poller } from '../watch/workers.ts';
import { CommandError, EXIT } from './exit-code.ts';
import { toTemporalError } from './temporal-error.ts';

/** The configuration and the connections of a command. */
export type Session = { config: Config; temporal: Client; connection: Connection };

/** Temporal's address and namespace in this session. */
export function placeOf({ connection, temporal }: Pick<Session, 'connection' | 'temporal'>) {
  return { namespace: temporal.options.namespace, address: connection.options.address };
}

const CONNECT_MS = 10_000;
/** Longest wait for Temporal if the command can work without it. */
const COMPARE_MS = 3_000;
/** A command that waits longer says what it waits for. */
const SILENT_MS = 1_500;
/** Longest pause between two attempts to reconnect; gRPC's default is two minutes. */
const RECONNECT_MS = 2_000;

/** Runs `work` with the configuration and a connection to Temporal, then closes the connection. */
export async function withSession<T>(work: (session: Session) => Promise<T>): Promise<T> {
  const config = loadConfig(process.env);
  const { temporal, connection } = await connectTemporal(process.env);
  try {
    return await work({ config, temporal, connection });
  } catch (error) {
    throw toTemporalError(error, loadTemporal(process.env));
  } finally {
    await connection.close();
  }
}

/**
 * @param connectMs longest wait
 * @throws {CommandError} if Temporal cannot be reached
 */
export async function connectTemporal(
  env: NodeJS.ProcessEnv,
  connectMs = CONNECT_MS,
): Promise<Pick<Session, 'temporal' | 'connection'>> {
  const { connectionOptions, namespace } = loadTemporal(env);
  const { address } = connectionOptions;
  const told = setTimeout(() => {
    process.stderr.write(`waiting for Temporal at ${address} (TEMPORAL_ADDRESS)\n`);
  }, SILENT_MS);
  try {
    const connection = await Connection.connect({
      ...connectionOptions,
      connectTimeout: connectMs,
      channelArgs: { 'grpc.max_reconnect_backoff_ms': RECONNECT_MS },
    });
    return { connection, temporal: new Client({ connection, namespace }) };
  } catch (error) {
    throw new CommandError(
      `cannot reach Temporal at ${address} (TEMPORAL_ADDRESS): ${error instanceof Error ? error.message : String(error)}; is it up, and does it require TLS (TEMPORAL_TLS)?`,
    );
  } finally {
    clearTimeout(told);
  }
}

/** @param name `null`: the only feed, or the feed with the name `default` */
export function findFeed({ feeds }: Config, name: string | null): Feed {
  const [first, ...more] = feeds;
  const wanted = name ?? (more.length === 0 && first !== undefined ? first.name : 'default');
  const feed = feeds.find((candidate) => candidate.name === wanted);
  if (feed !== undefined) return feed;
  const names = feeds.map((candidate) => candidate.name).join(', ');
  throw new CommandError(
    name === null
      ? `say which feed: ${names}`
      : `no feed is called "${name}"; configured: ${names}`,
    EXIT.usage,
  );
}

/**
 * Makes sure that a worker polls: without one, a run would silently wait forever. Warns on standard error about a
 * worker with other settings, because the worker's settings decide what a run does.
 *
 * @throws {CommandError} if no worker polls
 */
export async function requireWorker(session: Session): Promise<void> {
  const { config, temporal } = session;
  const { namespace } = config.program;
  const { pollers, deserted } = await lookAtWorkers(temporal, namespace);
  const queue = taskQueue(namespace);
  if (deserted.includes(queue)) {
    throw new CommandError(
      `no worker is polling task queue ${queue}: start one with \`npx tcsync worker\``,
      EXIT.attention,
    );
  }
  tellOtherSettings(config, pollers);
}

/** Compares settings as `requireWorker` does, for a command that needs no worker. Does not fail without Temporal. */
export async function compareWithWorkers(config: Config): Promise<void> {
  let connection: Connection | null = null;
  try {
    const connected = await connectTemporal(process.env, COMPARE_MS);
    ({ connection } = connected);
    const { pollers } = await connection.withDeadline(Date.now() + COMPARE_MS, () =>
      lookAtWorkers(connected.temporal, config.program.namespace),
    );
    tellOtherSettings(config, pollers);
  } catch {
    process.stderr.write(
      'Temporal does not answer, so it is not known whether the workers have these settings\n',
    );
  } finally {
    await connection?.close();
  }
}

function tellOtherSettings(config: Config, pollers: readonly Poller[]): void {
  const settings = comparedSettings(config);
  for (const { identity } of pollers) {
    const others = otherSettings(identity, settings);
    if (others !== null) process.stderr.write(`${others}; it works with its own settings\n`);
  }
}

export async function hasWorker({ config, temporal }: Session): Promise<boolean> {
  const { namespace } = config.program;
  const { deserted } = await lookAtWorkers(temporal, namespace);
  return !deserted.includes(taskQueue(namespace));
}
