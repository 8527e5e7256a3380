import { createSink } from '../activities/elasticsearch/client.ts';
import { ThreatConnect } from '../activities/threatconnect/threatconnect.ts';
import { loadConfig } from '../config/load.ts';
import { isTimeout } from './check/advice.ts';
import { explain } from './check/explain.ts';
import { CommandError, EXIT, type ExitCode } from './exit-code.ts';
import { makePlan } from './plan/make-plan.ts';
import { planText } from './plan/plan-text.ts';
import { compareWithWorkers, findFeed } from './session.ts';

/**
 * Prints what the next run of a feed would read; with `json`, one `Plan` object. Asks ThreatConnect and reads the
 * feed's state. Writes nothing and needs no worker.
 */
export async function plan(name: string | null, json: boolean): Promise<ExitCode> {
  const config = loadConfig(process.env);
  const feed = findFeed(config, name);
  const source = new ThreatConnect(config.source);
  const sink = createSink(config.sink);
  const beganMs = performance.now();
  try {
    const made = await makePlan({ config, source, sink }, feed);
    await compareWithWorkers(config);
    process.stdout.write(json ? `${JSON.stringify(made)}\n` : planText(made));
    return EXIT.ok;
  } catch (error) {
    if (!isTimeout(error)) {
      throw explain(error, { config, sink, tookMs: Math.round(performance.now() - beganMs) });
    }
    throw new CommandError(
      'no answer came in time: `npx tcsync check` says which server did not answer; a longer TC_HTTP_TIMEOUT may help',
    );
  } finally {
    await source.close();
    await sink.close();
  }
}
