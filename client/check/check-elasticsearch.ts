import type { Client } from '@elastic/elasticsearch';
import {
  addressOf,
  askServer,
  prefersLateDocuments,
  tooOld,
  type Server,
} from '../../activities/elasticsearch/server-info.ts';
import { errorType, fromJson, NO_REASON } from '../../activities/elasticsearch/sink-error.ts';
import { SinkMisconfiguredError, SinkUnauthorizedError } from '../../contracts/errors.ts';
import type { SinkConfig } from '../../config/config.ts';
import { failedBy, isTimeout } from './advice.ts';
import type { Checklist, Head } from './checklist.ts';
import { noConnection } from './connection.ts';
import { apiKeyAdvice, arrivedAs } from './arrived-as.ts';
import { failed, ok, warning, type Outcome } from './step.ts';

export const SINK: Head = {
  name: 'Elasticsearch',
  subject: 'whether Elasticsearch answers',
  trouble: 'Elasticsearch does not answer',
  needs: [],
};

const ACCESS: Head = {
  name: 'Elasticsearch access',
  subject: 'whether Elasticsearch accepts the credentials',
  trouble: 'Elasticsearch does not accept the credentials',
  needs: [SINK.name],
};

const VERSION: Head = {
  name: 'Elasticsearch version',
  subject: 'which Elasticsearch it is',
  trouble: 'the version of Elasticsearch is not known or too old',
  needs: [SINK.name, ACCESS.name],
};

export const SINK_STEPS: readonly Head[] = [SINK, ACCESS, VERSION];

/** @returns version and flavour; `null` if Elasticsearch did not give them */
export async function checkSink(
  list: Checklist,
  sink: Client,
  config: SinkConfig,
  signal: AbortSignal,
): Promise<Server | null> {
  const startedMs = performance.now();
  let server: Server | null = null;
  let error: unknown = null;
  try {
    server = await askServer(sink, signal);
  } catch (caught) {
    error = caught;
  }
  const tookMs = Math.round(performance.now() - startedMs);
  await list.take(SINK, async () => sinkAnswers(addressOf(sink), config, { error, tookMs }));
  await list.take(ACCESS, async () => access(config, error));
  await list.take(VERSION, async () => version(server, error));
  return server;
}

/** A refusal counts as an answer if it comes from Elasticsearch itself. */
export function sinkAnswers(
  address: string,
  config: SinkConfig,
  { error, tookMs }: { error: unknown; tookMs: number },
): Outcome {
  const isRefused = error instanceof SinkUnauthorizedError;
  if (error === null || (isRefused && !isOfAnother(error))) {
    return ok(`Elasticsearch answers at ${address} (${tookMs} ms)`);
  }
  if (isTimeout(error)) {
    return noConnection(toPeer(address, config), `timed out after ${tookMs} ms`);
  }
  if (isRefused || error instanceof SinkMisconfiguredError) {
    // an error made from an error response has this response as its `cause`
    return error.cause === undefined
      ? failed(
          `the server at ${address} does not answer like Elasticsearch: ${error.message}`,
          'Configure a proxy in between to pass answers on unchanged; else correct ES_URL.',
        )
      : failed(
          `the server at ${address} is not Elasticsearch: ${error.message}`,
          'Configure a proxy in front of it to let this machine through; else correct ES_URL: is it the address of Kibana, of a proxy or of OpenSearch?',
        );
  }
  if (error instanceof Error && connectionWasLost(error)) {
    return noConnection(toPeer(address, config), error.message);
  }
  return failedBy(error, 'Elasticsearch');
}

/** Whether another program answered: the error responses of Elasticsearch name an error type. */
function isOfAnother({ cause }: Error): boolean {
  const { body } = (cause ?? {}) as { body?: unknown };
  return statusOf(cause) !== null && errorType(body) === NO_REASON;
}

/** An error with a status comes from an answer, so the connection was not lost. */
function connectionWasLost({ name, cause }: Error): boolean {
  return name === 'SinkUnavailableError' && statusOf(cause) === null;
}

function toPeer(address: string, { url }: SinkConfig) {
  return {
    name: 'Elasticsearch',
    address: URL.canParse(address) ? new URL(address).host : address,
    setting: url === null ? 'ES_CLOUD_ID' : 'ES_URL',
    certificate: 'ES_CA_FILE or ES_CA_FINGERPRINT',
    proxy: null,
    noProxy: null,
  } as const;
}

/** A 403 for `GET /` means only that a privilege is missing. The step `privileges` names this privilege. */
function access({ auth }: SinkConfig, error: unknown): Outcome {
  if (!(error instanceof SinkUnauthorizedError) || statusOf(error.cause) === 403) {
    return ok(
      {
        apiKey: 'Elasticsearch accepts the API key',
        basic: 'Elasticsearch accepts user and password',
        none: 'Elasticsearch accepts requests without credentials',
      }[auth.kind],
    );
  }
  if (auth.kind !== 'none' && NONE_CAME.test(reasonOf(error.cause))) {
    return failed(
      'Elasticsearch received no credentials, although they were sent',
      'A proxy in between drops the Authorization header: configure it to pass the header on.',
    );
  }
  return failed(
    `Elasticsearch does not accept the credentials: ${error.message}`,
    {
      apiKey: auth.kind === 'apiKey' ? apiKeyAdvice(auth.apiKey.reveal()) : '',
      basic: `Correct ES_USERNAME and ES_PASSWORD; a shell, YAML or .env file changes $, %, #, quotes and backslashes.${auth.kind === 'basic' ? ` ${arrivedAs('ES_PASSWORD', auth.password.reveal())}` : ''}`,
      none: 'This cluster has security: set ES_API_KEY, or ES_USERNAME and ES_PASSWORD.',
    }[auth.kind],
  );
}

function version(server: Server | null, error: unknown): Outcome {
  if (server === null) return failedBy(error, 'the version of Elasticsearch');
  const problem = tooOld(server, null);
  if (problem !== null)
    return failed(problem, 'Upgrade Elasticsearch, preferably to 8.19 or 9.3.2.');
  if (server.flavour === 'serverless') return ok('it is Elasticsearch Serverless');
  if (prefersLateDocuments(server)) {
    return warning(
      `Elasticsearch ${server.version} lets a document that arrives late replace a newer one in the latest index (elasticsearch#142856)`,
      'Upgrade to 8.19, 9.2.7, 9.3.2 or later. Until then an indicator that changes twice within minutes may be shown as it was before.',
    );
  }
  return ok(`it is Elasticsearch ${server.version}`);
}

/** Elasticsearch's message about a request without credentials. */
const NONE_CAME = /^missing authentication credentials/;

function reasonOf(cause: unknown): string {
  const { body } = (cause ?? {}) as { body?: unknown };
  const { error } = (fromJson(body) ?? {}) as { error?: { reason?: string } };
  return error?.reason ?? '';
}

function statusOf(cause: unknown): number | null {
  const status = (cause as { statusCode?: unknown } | null | undefined)?.statusCode;
  return typeof status === 'number' ? status : null;
}
