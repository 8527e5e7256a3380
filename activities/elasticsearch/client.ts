import { Client, type ClientOptions } from '@elastic/elasticsearch';
import type { SecretText } from '../../contracts/secret-text.ts';

export type SinkAuth =
  | { kind: 'apiKey'; apiKey: SecretText }
  | { kind: 'basic'; username: string; password: SecretText }
  | { kind: 'none' };

export type SinkOptions = {
  /** Exactly one of `url` and `cloudId` is set. */
  url: string | null;
  cloudId: string | null;
  auth: SinkAuth;
  /** PEM text of the certificate authority. */
  ca: string | null;
  /** SHA-256 of the certificate authority. */
  caFingerprint: string | null;
};

/** The same object as `auth` if the installer has no key of its own. */
type InstallerAuth = { installerAuth: SinkAuth };

/** Longest time to wait for one answer; proxies in front of a cluster close earlier. */
const REQUEST_TIMEOUT_MS = 120_000;

/** The client with the installer's own key; `sink` itself if it has none. */
export function createInstaller(options: SinkOptions & InstallerAuth, sink: Client): Client {
  const { auth, installerAuth } = options;
  return installerAuth === auth ? sink : createSink({ ...options, auth: installerAuth });
}

/** The official client without its own retries: the program decides about them. */
export function createSink(options: SinkOptions): Client {
  const settings: ClientOptions = {
    maxRetries: 0,
    requestTimeout: REQUEST_TIMEOUT_MS,
    ...(options.url === null ? {} : { node: options.url }),
    ...(options.cloudId === null ? {} : { cloud: { id: options.cloudId } }),
    ...(options.ca === null ? {} : { tls: { ca: options.ca } }),
    ...(options.caFingerprint === null ? {} : { caFingerprint: options.caFingerprint }),
  };
  if (options.auth.kind === 'apiKey') settings.auth = { apiKey: options.auth.apiKey.reveal() };
  if (options.auth.kind === 'basic') {
    settings.auth = {
      username: options.auth.username,
      password: options.auth.password.reveal(),
    };
  }
  return new Client(settings);
}
