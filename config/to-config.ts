import type {
  Feed,
  ProgramConfig,
  SinkAuth,
  SinkConfig,
  SourceConfig,
  SourceCredentials,
} from './config.ts';
import type { FeedEntry } from './feed-entry.ts';
import type { ProgramEnv, SinkEnv, SourceEnv } from './groups.ts';

/** The one feed that there is without a `tcsync.yaml`. */
const DEFAULT_FEED = 'default';

/** @param entries of `tcsync.yaml`; `null` without such a file */
export function toFeeds(
  env: SourceEnv & ProgramEnv,
  entries: readonly FeedEntry[] | null,
): readonly Feed[] {
  return (entries ?? [{ name: DEFAULT_FEED }]).map((entry) => ({
    name: entry.name,
    owners: entry.owners ?? env.TC_OWNERS,
    types: entry.types ?? env.TC_TYPES,
    tql: entry.tql === undefined ? env.TC_TQL : entry.tql,
    fields: entry.fields ?? env.TC_FIELDS,
    syncEveryMs: entry.every ?? env.TCSYNC_SYNC_EVERY,
  }));
}

export function toSource(env: SourceEnv): SourceConfig {
  // as everywhere, HTTPS_PROXY is for https addresses
  const proxy = env.TC_URL.startsWith('https:') ? env.HTTPS_PROXY : null;
  return {
    url: env.TC_URL,
    credentials: toCredentials(env),
    pageSize: env.TC_PAGE_SIZE,
    lanes: env.TC_LANES,
    httpTimeoutMs: env.TC_HTTP_TIMEOUT,
    maxBodyBytes: env.TC_MAX_BODY,
    maxAssociations: env.TC_MAX_ASSOCIATIONS,
    requestsPerSecond: env.TC_REQUESTS_PER_SECOND,
    safetyLagMs: env.TC_SAFETY_LAG,
    overlapMs: env.TC_OVERLAP,
    initialIntervalMs: env.TC_INITIAL_INTERVAL,
    ca: env.TC_CA_FILE,
    proxy: proxy === null ? null : { url: proxy, noProxy: env.NO_PROXY },
  };
}

function toCredentials({
  TC_ACCESS_ID,
  TC_SECRET_KEY,
  TC_API_TOKEN,
}: SourceEnv): SourceCredentials {
  if (TC_API_TOKEN !== null) return { scheme: 'token', token: TC_API_TOKEN };
  if (TC_ACCESS_ID !== null && TC_SECRET_KEY !== null)
    return { scheme: 'hmac', accessId: TC_ACCESS_ID, secretKey: TC_SECRET_KEY };
  throw new TypeError('credentials are checked before they are used');
}

export function toSink(env: SinkEnv): SinkConfig {
  const auth = toAuth(env);
  const installerKey = env.ES_INSTALLER_API_KEY;
  return {
    url: env.ES_URL,
    cloudId: env.ES_CLOUD_ID,
    auth,
    installerAuth: installerKey === null ? auth : { kind: 'apiKey', apiKey: installerKey },
    ca: env.ES_CA_FILE,
    caFingerprint: env.ES_CA_FINGERPRINT,
    transformDelay: env.ES_TRANSFORM_DELAY,
    transformFrequency: env.ES_TRANSFORM_FREQUENCY,
    ilmRollover: env.ES_ILM_ROLLOVER,
    ilmDelete: env.ES_ILM_DELETE,
    assets: env.ES_ASSETS,
  };
}

function toAuth({ ES_API_KEY, ES_USERNAME, ES_PASSWORD }: SinkEnv): SinkAuth {
  if (ES_API_KEY !== null) return { kind: 'apiKey', apiKey: ES_API_KEY };
  return ES_USERNAME !== null && ES_PASSWORD !== null
    ? { kind: 'basic', username: ES_USERNAME, password: ES_PASSWORD }
    : { kind: 'none' };
}

export function toProgram(env: ProgramEnv): ProgramConfig {
  const profile = env.TCSYNC_OUTPUT_PROFILE;
  return {
    namespace: env.TCSYNC_NAMESPACE,
    verifyEveryMs: env.TCSYNC_VERIFY_EVERY,
    profile,
    expiry: profile === 'compatible' ? 'fixed' : env.TCSYNC_EXPIRY,
    iocExpiration: env.TCSYNC_IOC_EXPIRATION,
    timestamp: env.TCSYNC_TIMESTAMP,
    tags: env.TCSYNC_TAGS,
    preserveOriginalEvent: env.TCSYNC_PRESERVE_ORIGINAL_EVENT,
    people: env.TCSYNC_PEOPLE,
    passwords: env.TCSYNC_PASSWORDS,
    maxRejectsPercent: env.TCSYNC_MAX_REJECTS_PERCENT,
    maxEndingsPercent: env.TCSYNC_MAX_ENDINGS_PERCENT,
    listenAddress: env.TCSYNC_LISTEN_ADDRESS,
    httpPort: env.TCSYNC_HTTP_PORT,
    metricsPort: env.TCSYNC_METRICS_PORT,
    logLevel: env.TCSYNC_LOG_LEVEL,
    buildId: env.TCSYNC_BUILD_ID,
  };
}
