import type { Secret } from './secret.ts';

/** Everything that the environment and `tcsync.yaml` say, checked. */
export type Config = {
  readonly source: SourceConfig;
  readonly feeds: readonly Feed[];
  readonly sink: SinkConfig;
  readonly program: ProgramConfig;
};

export type SourceConfig = {
  /** Base below which `/v3/…` is found, such as `https://app.threatconnect.com/api`; no slash at the end. */
  readonly url: string;
  readonly credentials: SourceCredentials;
  /** Records a request, 1–10,000. */
  readonly pageSize: number;
  readonly lanes: number;
  readonly httpTimeoutMs: number;
  readonly maxBodyBytes: number;
  readonly maxAssociations: number;
  /** May be below 1. */
  readonly requestsPerSecond: number;
  readonly safetyLagMs: number;
  readonly overlapMs: number;
  /** `null`: the first run reads everything. */
  readonly initialIntervalMs: number | null;
  /** PEM certificates; `null`: Node's own. */
  readonly ca: string | null;
  /** Only ever set for an https source. */
  readonly proxy: { readonly url: Secret; readonly noProxy: string } | null;
};

export type SourceCredentials =
  | { readonly scheme: 'hmac'; readonly accessId: string; readonly secretKey: Secret }
  | { readonly scheme: 'token'; readonly token: Secret };

export type Feed = {
  readonly name: string;
  /** Empty: all that are visible. */
  readonly owners: readonly string[];
  /** Empty: all. */
  readonly types: readonly string[];
  readonly tql: string | null;
  readonly fields: readonly string[];
  readonly syncEveryMs: number;
};

/** Exactly one of `url` and `cloudId` is set. */
export type SinkConfig = {
  readonly url: string | null;
  readonly cloudId: string | null;
  readonly auth: SinkAuth;
  /** `auth`, unless the installer has a key of its own. */
  readonly installerAuth: SinkAuth;
  /** PEM certificates; `null`: Node's own. */
  readonly ca: string | null;
  /** SHA-256, upper case with colons. */
  readonly caFingerprint: string | null;
  /** Durations as Elasticsearch writes them: `120s`. */
  readonly transformDelay: string;
  readonly transformFrequency: string;
  readonly ilmRollover: string;
  readonly ilmDelete: string;
  readonly assets: 'own' | 'feed-only' | 'takeover';
};

export type SinkAuth =
  | { readonly kind: 'apiKey'; readonly apiKey: Secret }
  | { readonly kind: 'basic'; readonly username: string; readonly password: Secret }
  | { readonly kind: 'none' };

export type ProgramConfig = {
  readonly namespace: string;
  readonly verifyEveryMs: number;
  readonly profile: 'enriched' | 'compatible';
  /** Always `fixed` where the profile is `compatible`. */
  readonly expiry: 'confirmed' | 'fixed';
  /** A positive number with unit d, h or m: `90d`. Stays a text, as documents quote it. */
  readonly iocExpiration: string;
  readonly timestamp: 'modified' | 'confirmed';
  readonly tags: readonly string[];
  readonly preserveOriginalEvent: boolean;
  readonly people: 'keep' | 'drop';
  readonly passwords: 'keep' | 'drop';
  readonly maxRejectsPercent: number;
  readonly maxEndingsPercent: number;
  /** IP address that both ports are opened at. */
  readonly listenAddress: string;
  /** 0: any that is free. */
  readonly httpPort: number;
  readonly metricsPort: number;
  readonly logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error';
  /** `null`: no worker versioning. */
  readonly buildId: string | null;
};

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

/** A proxy without a password is no secret: its address may stand in an error message. */
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
