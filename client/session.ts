import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import type { Config, Feed } from '../config/config.ts';
import { ConfigError } from '../config/fault.ts';
import { NoFile, readText } from '../config/given.ts';
import { loadConfig } from '../config/load.ts';
import { Problem } from '../config/problem.ts';
import { loadTemporal, type TemporalConfig } from '../config/temporal.ts';
import { taskQueue } from '../contracts/names.ts';
import { CommandError, EXIT } from './exit-code.ts';
import { toTemporalError } from './temporal-error.ts';

/** What a command works with. */
export type Session = { config: Config; temporal: Client; connection: Connection };

const CONNECT_MS = 10_000;
/** After which a command that waits says for what. */
const SILENT_MS = 1_500;
/** Longest pause before a lost connection is tried again; gRPC's own is two minutes. */
const RECONNECT_MS = 2_000;

/**
 * Reads `.env` where there is one; what the environment says already stays.
 * @throws {ConfigError} where it is no text file
 */
export function readEnvFile(): void {
  const text = readText('.env', { readFile: readFileSync, cwd: process.cwd() });
  if (text instanceof NoFile) return;
  if (text instanceof Problem) {
    const expected = 'a text file in UTF-8 with NAME=value on each line, or none';
    const example = 'TC_URL=https://app.threatconnect.com';
    throw new ConfigError([{ name: '.env', problem: text.text, expected, example }]);
  }
  // editors on Windows begin with a byte order mark, which would be part of the first name
  const settings = parseEnv(text.replace(/^\uFEFF/, ''));
  for (const [name, value] of Object.entries(settings)) process.env[name] ??= value;
}

/** Configuration and a connection to Temporal, for as long as `work` takes. */
export async function withSession<T>(work: (session: Session) => Promise<T>): Promise<T> {
  const config = loadConfig(process.env);
  const settings = loadTemporal(process.env);
  const connection = await connect(settings);
  const { namespace } = settings;
  try {
    return await work({ config, temporal: new Client({ connection, namespace }), connection });
  } catch (error) {
    throw toTemporalError(error, settings);
  } finally {
    await connection.close();
  }
}

async function connect({ connectionOptions }: TemporalConfig): Promise<Connection> {
  const { address } = connectionOptions;
  const told = setTimeout(() => {
    process.stderr.write(`waiting for Temporal at ${address} (TEMPORAL_ADDRESS)\n`);
  }, SILENT_MS);
  try {
    return await Connection.connect({
      ...connectionOptions,
      connectTimeout: CONNECT_MS,
      channelArgs: { 'grpc.max_reconnect_backoff_ms': RECONNECT_MS },
    });
  } catch (error) {
    throw new CommandError(
      `cannot reach Temporal at ${address} (TEMPORAL_ADDRESS): ${error instanceof Error ? error.message : String(error)}; is it up, and does it want TLS (TEMPORAL_TLS)?`,
    );
  } finally {
    clearTimeout(told);
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

/** A run that nobody serves would wait for ever without a word. */
export async function requireWorker(session: Session): Promise<void> {
  if (await hasWorker(session)) return;
  const queue = taskQueue(session.config.program.namespace);
  throw new CommandError(
    `no worker is polling task queue ${queue}: start one with \`npx tcsync worker\``,
    EXIT.attention,
  );
}

/** One that has gone is seen for some minutes more. */
export async function hasWorker({ config, temporal }: Session): Promise<boolean> {
  const { pollers } = await temporal.workflowService.describeTaskQueue({
    namespace: temporal.options.namespace,
    taskQueue: { name: taskQueue(config.program.namespace) },
  });
  return (pollers ?? []).length > 0;
}
