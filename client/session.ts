import { existsSync } from 'node:fs';
import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { comparedSettings } from '../config/compared-settings.ts';
import type { Config, Feed } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import { taskQueue } from '../contracts/names.ts';
import { otherSettings } from '../watch/judge-temporal.ts';
import { lookAtWorkers, type Poller } from '../watch/workers.ts';
import { CommandError, EXIT } from './exit-code.ts';

/** What a command works with. */
export type Session = { config: Config; temporal: Client; connection: Connection };

const CONNECT_MS = 10_000;
/** Longest wait where a command could do without Temporal. */
const COMPARE_MS = 3_000;

/** Reads `.env` where there is one; what the environment says already stays. */
export function readEnvFile(): void {
  if (existsSync('.env')) process.loadEnvFile('.env');
}

/** Configuration and a connection to Temporal, for as long as `work` takes. */
export async function withSession<T>(work: (session: Session) => Promise<T>): Promise<T> {
  const config = loadConfig(process.env);
  const { temporal, connection } = await connectTemporal(process.env);
  try {
    return await work({ config, temporal, connection });
  } finally {
    await connection.close();
  }
}

/** @throws {CommandError} where it cannot be reached */
export async function connectTemporal(
  env: NodeJS.ProcessEnv,
  connectMs = CONNECT_MS,
): Promise<Pick<Session, 'temporal' | 'connection'>> {
  const set = Object.entries(env).filter((entry): entry is [string, string] => {
    return entry[1] !== undefined;
  });
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig({
    overrideEnvVars: Object.fromEntries(set),
  });
  try {
    const connection = await Connection.connect({
      ...connectionOptions,
      connectTimeout: connectMs,
    });
    return { connection, temporal: new Client({ connection, namespace }) };
  } catch (error) {
    throw new CommandError(
      `cannot reach Temporal at ${connectionOptions.address ?? 'localhost:7233'} (TEMPORAL_ADDRESS): ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** @param name `null`: the only one, or the one that is called `default` */
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
 * A run that nobody serves would wait for ever without a word, and one that is served by a worker with other
 * settings does what those say: that is told on standard error.
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

/** For a command that needs no worker, and speaks of what workers do: as `requireWorker`, where Temporal answers. */
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
      'Temporal does not answer: whether the workers have these settings is not known\n',
    );
  } finally {
    await connection?.close();
  }
}

function tellOtherSettings(config: Config, pollers: readonly Poller[]): void {
  const settings = comparedSettings(config);
  for (const { identity } of pollers) {
    const others = otherSettings(identity, settings);
    if (others !== null) process.stderr.write(`${others}; what it does, it does with its own\n`);
  }
}

export async function hasWorker({ config, temporal }: Session): Promise<boolean> {
  const { namespace } = config.program;
  const { deserted } = await lookAtWorkers(temporal, namespace);
  return !deserted.includes(taskQueue(namespace));
}
