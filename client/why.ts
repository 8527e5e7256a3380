import { createSink } from '../activities/elasticsearch/client.ts';
import { ThreatConnect } from '../activities/threatconnect/threatconnect.ts';
import { loadConfig } from '../config/load.ts';
import { CommandError, EXIT, type ExitCode } from './exit-code.ts';
import { connectTemporal } from './session.ts';
import { makeWhy } from './why/make-why.ts';
import { whyText } from './why/why-text.ts';

/** Longest wait for the answers of the search, and again for those of the look-up. */
const WAIT_MS = 30_000;
/** Longest wait for a connection to Temporal. */
const CONNECT_MS = 3_000;

/**
 * Prints why an indicator is in Elasticsearch, or is not. Uses every system that can be reached. With `json`, prints
 * one `Why` object.
 *
 * @param argument id or value
 * @returns `attention` if a person should look
 */
export async function why(argument: string, json: boolean): Promise<ExitCode> {
  if (argument.trim() === '') {
    throw new CommandError('say which indicator: its id or its value', EXIT.usage);
  }
  const config = loadConfig(process.env);
  const source = new ThreatConnect(config.source);
  const sink = createSink(config.sink);
  const connected = connectTemporal(process.env, CONNECT_MS);
  const temporal = connected.then((session) => session.temporal);
  temporal.catch(() => undefined); // the result reports it
  try {
    const made = await makeWhy({ config, source, sink }, temporal, argument, WAIT_MS);
    process.stdout.write(json ? `${JSON.stringify(made)}\n` : whyText(made));
    return made.well ? EXIT.ok : EXIT.attention;
  } finally {
    await source.close();
    await sink.close();
    await connected.then(
      ({ connection }) => connection.close(),
      () => undefined, // the result reports it
    );
  }
}
