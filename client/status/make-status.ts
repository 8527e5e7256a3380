import { createSink } from '../../activities/elasticsearch/client.ts';
import { comparedSettings } from '../../config/compared-settings.ts';
import { loadConfig } from '../../config/load.ts';
import type { Finding } from '../../watch/finding.ts';
import { judge } from '../../watch/judge.ts';
import { look } from '../../watch/look.ts';
import { toFeedLook } from '../../watch/to-feed-look.ts';
import { connectTemporal, findFeed, placeOf } from '../session.ts';
import { toFeedStatus, type FeedStatus } from './feed-status.ts';

/** What `tcsync status --json` prints. */
export type Status = {
  /** No person is needed. */
  well: boolean;
  /** When it was looked, ISO 8601. */
  at: string;
  /** What is for a person first. */
  findings: Finding[];
  feeds: FeedStatus[];
};

/** Longest wait for either side to answer all that it is asked. */
const WAIT_MS = 15_000;
/** Longest wait for a connection to Temporal. */
const CONNECT_MS = 5_000;

/** Where nothing is told of what Temporal holds. */
const UNREACHED = { namespace: 'default', address: null };

/**
 * Looks at whatever can be reached, and judges it.
 * @param name of a feed; `null`: all of them
 */
export async function makeStatus(env: NodeJS.ProcessEnv, name: string | null): Promise<Status> {
  const config = loadConfig(env);
  const shown = name === null ? config.feeds : [findFeed(config, name)];
  const { namespace, assets } = config.program;
  const sink = createSink(config.sink);
  const connected = connectTemporal(env, CONNECT_MS);
  try {
    const seen = await look(
      {
        sink,
        settings: { namespace, assets },
        feeds: config.feeds.map((feed) => feed.name),
      },
      connected.then(({ temporal }) => temporal),
      AbortSignal.timeout(WAIT_MS),
    );
    const settings = comparedSettings(config);
    const temporal = await connected.then(placeOf, () => UNREACHED);
    const findings = judge(seen, { namespace, feeds: config.feeds, settings, temporal }).filter(
      ({ feed }) => feed === null || shown.some((each) => each.name === feed),
    );
    return {
      well: findings.every(({ severity }) => severity === 'note'),
      at: new Date(seen.atMs).toISOString(),
      findings,
      feeds: shown.map((feed) => toFeedStatus(toFeedLook(seen, feed.name), seen.atMs)),
    };
  } finally {
    await sink.close();
    await connected.then(
      ({ connection }) => connection.close(),
      () => undefined, // it is told as a finding
    );
  }
}
