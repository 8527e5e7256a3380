import type { FeedSchedule } from '../contracts/feed.ts';
import type { FeedEntry } from './feed-entry.ts';
import type { Secret } from './secret.ts';
import type {
  ASSETS,
  DOCUMENTS,
  PROGRAM,
  SCHEDULE,
  SELECTION,
  SINK,
  SOURCE,
  WORKER,
} from './settings.ts';
import type { Values } from './setting.ts';

/** The checked settings of the environment and `tcsync.yaml`. The fields are the names in `settings.ts`. */
export type Config = {
  readonly source: SourceConfig;
  readonly feeds: readonly Feed[];
  readonly sink: SinkConfig;
  readonly program: ProgramConfig;
  readonly worker: WorkerConfig;
};

export type SourceConfig = ReturnType<typeof toSource>;
export type Feed = { readonly name: string; readonly schedule: FeedSchedule } & Values<
  typeof SELECTION
>;
export type SinkConfig = ReturnType<typeof toSink>;
export type ProgramConfig = Values<typeof PROGRAM>;
/** The program's settings that decide the assets in Elasticsearch. */
export type AssetConfig = Values<typeof ASSETS> &
  Pick<Values<typeof DOCUMENTS>, 'namespace' | 'profile'>;
export type WorkerConfig = Values<typeof WORKER>;

export type SourceCredentials =
  | { readonly scheme: 'hmac'; readonly accessId: string; readonly secretKey: Secret }
  | { readonly scheme: 'token'; readonly token: Secret };

export type SinkAuth =
  | { readonly kind: 'apiKey'; readonly apiKey: Secret }
  | { readonly kind: 'basic'; readonly username: string; readonly password: Secret }
  | { readonly kind: 'none' };

export function toSource(values: Values<typeof SOURCE>) {
  const { secretKey: _, token: __, proxyUrl, noProxy, ...rest } = values;
  // HTTPS_PROXY applies to https addresses only, as in other programs
  const isProxied = proxyUrl !== null && rest.url.startsWith('https:');
  return {
    ...rest,
    credentials: toCredentials(values),
    proxy: isProxied ? { url: proxyUrl, noProxy } : null,
  };
}

function toCredentials({ accessId, secretKey, token }: Values<typeof SOURCE>): SourceCredentials {
  if (token !== null) return { scheme: 'token', token };
  if (accessId !== null && secretKey !== null) return { scheme: 'hmac', accessId, secretKey };
  throw new TypeError('credentials are checked before they are used');
}

/** The only feed if there is no `tcsync.yaml`. */
const DEFAULT_FEED = 'default';

/** @param entries of `tcsync.yaml`; `null` without such a file */
export function toFeeds(values: FeedValues, entries: readonly FeedEntry[] | null): readonly Feed[] {
  return (entries ?? [{ name: DEFAULT_FEED }]).map((entry) => toFeed(values, entry));
}

type FeedValues = Values<typeof SELECTION & typeof SCHEDULE>;

function toFeed(
  { everyMs, crons, timezone, ...selection }: FeedValues,
  { every, cron, timezone: own, ...entry }: FeedEntry,
): Feed {
  const times = {
    everyMs: every ?? everyMs,
    crons: cron ?? (every === undefined ? crons : null),
    timezone: own ?? timezone,
  };
  return { ...selection, ...entry, schedule: toSchedule(times) };
}

function toSchedule({ everyMs, crons, timezone }: Values<typeof SCHEDULE>): FeedSchedule {
  return crons === null ? { everyMs } : { crons, timezone };
}

/** Exactly one of `url` and `cloudId` is set. */
export function toSink(values: Values<typeof SINK>) {
  const { apiKey: _, username: __, password: ___, installerApiKey, ...rest } = values;
  const auth = toAuth(values);
  return {
    ...rest,
    auth,
    /** The same as `auth`, unless the installer has its own key. */
    installerAuth:
      installerApiKey === null ? auth : { kind: 'apiKey' as const, apiKey: installerApiKey },
  };
}

function toAuth({ apiKey, username, password }: Values<typeof SINK>): SinkAuth {
  if (apiKey !== null) return { kind: 'apiKey', apiKey };
  return username !== null && password !== null
    ? { kind: 'basic', username, password }
    : { kind: 'none' };
}

export function toProgram(values: Values<typeof PROGRAM>): ProgramConfig {
  return { ...values, expiry: values.profile === 'compatible' ? 'fixed' : values.expiry };
}

/** Every secret text of a configuration, so that output can be searched for them. */
export function secretsOf({ source, sink }: Config): string[] {
  const { credentials, proxy } = source;
  const secrets = [
    credentials.scheme === 'hmac' ? credentials.secretKey : credentials.token,
    ...authSecrets(sink.auth),
    ...authSecrets(sink.installerAuth),
  ].map((secret) => secret.reveal());
  return [...new Set([...secrets, ...(proxy === null ? [] : proxySecrets(proxy.url.reveal()))])];
}

function authSecrets(auth: SinkAuth): Secret[] {
  if (auth.kind === 'apiKey') return [auth.apiKey];
  return auth.kind === 'basic' ? [auth.password] : [];
}

/** The address of a proxy without a password is no secret: an error message may hold it. */
function proxySecrets(address: string): string[] {
  const { password } = new URL(address);
  if (password === '') return [];
  return [address, password, decoded(password)];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a lone percent sign
  }
}
