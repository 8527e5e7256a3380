import type { Client } from '@elastic/elasticsearch';
import { SinkMisconfiguredError } from '../errors.ts';
import { atSink } from './sink-error.ts';

export type Server = {
  version: string;
  /** Serverless has no ILM and takes no settings about nodes. */
  flavour: 'stack' | 'serverless';
};

/** The first with `ecs@mappings`, `require_data_stream` and a transform that can start `from` a time. */
const LEAST_VERSION = '8.13.0';

/**
 * Asks Elasticsearch what it is.
 * @throws {SinkMisconfiguredError} where it is too old
 */
async function readServer(sink: Client, signal: AbortSignal): Promise<Server> {
  const { body, meta } = await atSink('GET /', signal, () => sink.info({}, { signal, meta: true }));
  const { number: version, build_flavor: flavour } = body.version;
  // Serverless has no versions; its number is made up
  if (flavour === 'serverless') return { version, flavour };
  if (isOlder(version, LEAST_VERSION)) {
    const address = meta.connection?.url.origin ?? 'the address of ES_URL or ES_CLOUD_ID';
    throw new SinkMisconfiguredError(
      `Elasticsearch ${version} at ${address} is older than ${LEAST_VERSION}, which is the least that tcsync works with`,
    );
  }
  return { version, flavour: 'stack' };
}

/** Asks until it has been told once: neither the flavour nor a sufficient version changes under a process. */
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
