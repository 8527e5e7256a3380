import type { Client } from '@elastic/elasticsearch';

/**
 * Lets the next write create a new backing index, so that a quiet stream does not get an empty one. A server that cannot
 * do that creates it at once.
 */
export async function rollOver(sink: Client, stream: string, signal: AbortSignal): Promise<void> {
  const lazy = await sink.indices.rollover(
    { alias: stream, lazy: true },
    { signal, ignore: [400], meta: true },
  );
  if (lazy.statusCode === 400) await sink.indices.rollover({ alias: stream }, { signal });
}
