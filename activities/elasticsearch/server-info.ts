import type { Client } from '@elastic/elasticsearch';
import { SinkMisconfiguredError } from '../../contracts/errors.ts';
import { atSink, fromJson } from './sink-error.ts';

export type Server = {
  version: string;
  /** Serverless has no ILM and accepts no settings about nodes. */
  flavour: 'stack' | 'serverless';
};

/** The first version with `ecs@mappings`, `require_data_stream` and a transform that can start `from` a time. */
const LEAST_VERSION = '8.13.0';

/** Asks Elasticsearch for its version and flavour. */
export async function askServer(sink: Client, signal: AbortSignal): Promise<Server> {
  const { body, headers, statusCode } = await atSink('GET /', signal, () =>
    sink.info({}, { signal, meta: true }),
  );
  if (statusCode !== null && statusCode >= 300) {
    throw new SinkMisconfiguredError(
      `GET /: ${statusCode}: a redirect to ${originOf(headers.location)} is not followed; is ES_URL the cluster's own address?`,
    );
  }
  const version = versionIn(body);
  if (version === null) {
    const type = headers['content-type'];
    throw new SinkMisconfiguredError(`GET /: the answer has no version; ${signOf(type, body)}?`);
  }
  const flavour = version.build_flavor === 'serverless' ? 'serverless' : 'stack';
  return { version: version.number, flavour };
}

type Version = { number: string; build_flavor?: string };

function versionIn(body: unknown): Version | null {
  const version = (body as { version?: Partial<Version> } | null | undefined)?.version;
  return typeof version?.number === 'string' ? (version as Version) : null;
}

/** What the client could not read it by: it takes as JSON only what calls itself so. */
function signOf(type: string | undefined, body: unknown): string {
  if (type === undefined) return 'it has no Content-Type: does a proxy drop it';
  if (/[/+]json\b/i.test(type)) return 'is it another server';
  const [name = 'odd'] = /^[\w.+-]+\/[\w.+-]+/.exec(type) ?? [];
  return versionIn(fromJson(body)) === null
    ? `it is not JSON (${name}): is it another server, or the page of a proxy`
    : `its Content-Type is ${name}, although it is JSON: does a proxy change that`;
}

/** Scheme and host of `Location`: the rest may hold a session. */
function originOf(location: unknown): string {
  if (typeof location !== 'string' || !URL.canParse(location)) return 'another path';
  const { protocol, host } = new URL(location);
  return `${protocol}//${host}`;
}

/** The reason why tcsync cannot work with this server; `null` if it can. */
export function tooOld({ version, flavour }: Server, address: string | null): string | null {
  // Serverless has no versions: the number that it reports means nothing
  if (flavour === 'serverless' || !isOlder(version, LEAST_VERSION)) return null;
  return `Elasticsearch ${version}${address === null ? '' : ` at ${address}`} is older than ${LEAST_VERSION}, the lowest version that tcsync works with`;
}

/**
 * True if the server's transforms compare only new documents to find the newest one of a key, so that a document that
 * arrives late replaces a newer one.
 * @see https://github.com/elastic/elasticsearch/pull/142856 (8.19, 9.2.7, 9.3.2)
 */
export function prefersLateDocuments({ version, flavour }: Server): boolean {
  if (flavour === 'serverless' || !isOlder(version, '9.3.2')) return false;
  if (!isOlder(version, '9.3.0')) return true;
  if (!isOlder(version, '9.0.0')) return isOlder(version, '9.2.7');
  return isOlder(version, '8.19.0');
}

/** @throws {SinkMisconfiguredError} if the server is too old */
async function readServer(sink: Client, signal: AbortSignal): Promise<Server> {
  const server = await askServer(sink, signal);
  const problem = tooOld(server, addressOf(sink));
  if (problem !== null) throw new SinkMisconfiguredError(problem);
  return server;
}

/** Address of the server, without credentials. */
export function addressOf(sink: Client): string {
  return sink.connectionPool.connections[0]?.url.origin ?? 'the address of ES_URL or ES_CLOUD_ID';
}

/** Asks until there was one answer. Neither the flavour nor a sufficient version changes while a process runs. */
export function rememberServer(sink: Client): (signal: AbortSignal) => Promise<Server> {
  let known: Server | null = null;
  return async (signal) => (known ??= await readServer(sink, signal));
}

function isOlder(version: string, least: string): boolean {
  const [parts, leastParts] = [version, least].map((text) => text.split(/[.-]/).map(Number));
  for (const [index, floor] of (leastParts ?? []).entries()) {
    const part = parts?.[index] ?? 0;
    if (part !== floor) return part < floor;
  }
  return false;
}
