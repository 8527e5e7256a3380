import { connect } from 'node:net';
import { Connection, isGrpcServiceError } from '@temporalio/client';
import { loadTemporal } from '../../config/load-temporal.ts';
import { temporalCommand, type TemporalPlace } from '../../contracts/temporal-command.ts';
import type { Checklist, Head } from './checklist.ts';
import { noConnection, type Peer } from './connection.ts';
import { failed, ok, type Outcome } from './step.ts';

const TEMPORAL: Head = {
  name: 'Temporal',
  subject: 'whether Temporal answers',
  trouble: 'Temporal does not answer',
  needs: [],
};

const NAMESPACE: Head = {
  name: 'Temporal namespace',
  subject: 'whether Temporal has the namespace',
  trouble: 'Temporal’s namespace does not exist',
  needs: [TEMPORAL.name],
};

export const TEMPORAL_STEPS: readonly Head[] = [TEMPORAL, NAMESPACE];

/** The connection that the other Temporal steps use. */
export type TemporalSession = { connection: Connection; namespace: string };

export function placeOf({ connection, namespace }: TemporalSession): TemporalPlace {
  return { namespace, address: connection.options.address };
}

const CONNECT_MS = 10_000;
export const CALL_MS = 10_000;

/** gRPC status codes. @see https://grpc.io/docs/guides/status-codes/ */
export const NOT_FOUND = 5;
const PERMISSION_DENIED = 7;
const UNAUTHENTICATED = 16;

/** @returns a connection that the caller closes; `null` if there is none */
export async function checkTemporal(
  list: Checklist,
  env: NodeJS.ProcessEnv,
): Promise<TemporalSession | null> {
  let session: TemporalSession | null = null;
  await list.take(TEMPORAL, async () => {
    const { connectionOptions, namespace } = loadTemporal(env);
    const { address } = connectionOptions;
    const refusal = await refusalOf(address, env);
    if (refusal !== null) return noConnection(toPeer(address), refusal);
    const startedMs = performance.now();
    try {
      const connection = await Connection.connect({
        ...connectionOptions,
        connectTimeout: CONNECT_MS,
      });
      session = { connection, namespace };
      return ok(`Temporal answers at ${address} (${Math.round(performance.now() - startedMs)} ms)`);
    } catch (error) {
      return notConnected(address, error);
    }
  });
  await list.take(NAMESPACE, async () => hasNamespace(session));
  return session;
}

/**
 * Why the address cannot be reached, in Node's words; `null` if it can. Opens a plain TCP connection, because the gRPC
 * client would only report a timeout. Tries nothing if a proxy is set: only the gRPC client can use it.
 */
async function refusalOf(address: string, env: NodeJS.ProcessEnv): Promise<string | null> {
  if (PROXIES.some((name) => env[name])) return null;
  const { hostname, port } = new URL(`tcp://${address}`);
  const host = hostname.replace(/^\[|\]$/g, '');
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port || 7233), timeout: CONNECT_MS });
    const end = (reason: string | null) => {
      socket.destroy();
      resolve(reason);
    };
    socket.once('connect', () => end(null));
    socket.once('timeout', () => end('ETIMEDOUT'));
    socket.once('error', (error) => end(wordsOf(error)));
  });
}

const PROXIES = ['grpc_proxy', 'https_proxy', 'http_proxy'];

function wordsOf(error: Error): string {
  const each: unknown[] = error instanceof AggregateError ? error.errors : [error];
  return each.map((one) => (one instanceof Error ? one.message : String(one))).join('; ');
}

function toPeer(address: string): Peer {
  return {
    name: 'Temporal',
    address,
    setting: 'TEMPORAL_ADDRESS',
    certificate: 'TEMPORAL_TLS_SERVER_CA_CERT_PATH',
    proxy: null,
    noProxy: null,
  };
}

function notConnected(address: string, error: unknown): Outcome {
  const { code } = error as { code?: unknown };
  const reason = error instanceof Error ? error.message : String(error);
  if (code === UNAUTHENTICATED || code === PERMISSION_DENIED) {
    return failed(
      `Temporal at ${address} does not accept the credentials: ${reason}`,
      'Correct TEMPORAL_API_KEY, or the certificate of TEMPORAL_TLS_CLIENT_CERT_PATH.',
    );
  }
  return failed(
    `the server at ${address} does not answer like Temporal: ${reason}`,
    'Is TEMPORAL_ADDRESS the gRPC port (7233), not that of the UI? Does it require TLS (TEMPORAL_TLS=true)?',
  );
}

async function hasNamespace(session: TemporalSession | null): Promise<Outcome> {
  if (session === null) throw new TypeError('the step needs a connection');
  const { connection, namespace } = session;
  try {
    await connection.withDeadline(Date.now() + CALL_MS, () =>
      connection.workflowService.describeNamespace({ namespace }),
    );
    return ok(`Temporal has the namespace ${namespace}`);
  } catch (error) {
    if (!isGrpcServiceError(error)) throw error;
    const { code }: { code: number } = error;
    return code === NOT_FOUND
      ? failed(
          `Temporal has no namespace ${namespace}`,
          `Correct TEMPORAL_NAMESPACE, or create it: ${temporalCommand('operator namespace create', placeOf(session))}`,
        )
      : failed(
          `Temporal does not show its namespace ${namespace}: ${error.details}`,
          'Correct TEMPORAL_NAMESPACE and TEMPORAL_API_KEY; in Temporal Cloud the name ends with the account, name.account.',
        );
  }
}
