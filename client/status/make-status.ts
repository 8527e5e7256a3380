import { createSink } from '../../activities/elasticsearch/client.ts';
import { comparedSettings } from '../../config/compared-settings.ts';
import { loadConfig } from '../../config/load.ts';
import type { Finding } from '../../watch/finding.ts';
import { judge } from '../../watch/judge.ts';
import { look } from '../../watch/look.ts';
import { toFeedLook } from '../../watch/to-feed-look.ts';
import { valueOf } from '../../watch/tried.ts';
import { connectTemporal, findFeed, placeOf } from '../session.ts';
import { toAssetsStatus, type AssetsStatus } from './assets-status.ts';
import { toFeedStatus, type FeedStatus } from './feed-status.ts';

/** What `tcsync status --json` prints. */
export type Status = {
  /** No person is needed. */
  well: boolean;
  /** Time of the look, ISO 8601. */
  at: string;
  /** Those that need a person come first. */
  findings: Finding[];
  feeds: FeedStatus[];
  assets: AssetsStatus;
};

/** Longest wait until Elasticsearch and Temporal have answered all requests. */
const WAIT_MS = 15_000;
/** Longest wait for a connection to Temporal. */
const CONNECT_MS = 5_000;

/** Used if Temporal cannot be reached. No finding then refers to the contents of Temporal. */
const UNREACHED = { namespace: 'default', address: null };

/**
 * Looks at every system that can be reached, and judges the result.
 * @param name name of a feed; `null`: all feeds
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
    const { feeds, program } = config;
    const { safetyLagMs } = program;
    const findings = judge(seen, { namespace, feeds, safetyLagMs, settings, temporal }).filter(
      ({ feed }) => feed === null || shown.some((each) => each.name === feed),
    );
    return {
      well: findings.every(({ severity }) => severity === 'note'),
      at: new Date(seen.atMs).toISOString(),
      findings,
      feeds: shown.map((feed) => toFeedStatus(toFeedLook(seen, feed.name), seen.atMs)),
      assets: toAssetsStatus(valueOf(seen.temporal)?.assets ?? null),
    };
  } finally {
    await sink.close();
    await connected.then(
      ({ connection }) => connection.close(),
      () => undefined, // a finding reports it
    );
  }
}
