import type { TemporalConfig } from '../config/load-temporal.ts';

/** What keeps the worker from starting and a person can mend, a sentence. */
export class StartError extends Error {
  override readonly name = 'StartError';
  /** As the README says: 1 failed, 2 configuration. */
  readonly exitCode: 1 | 2;
  constructor(message: string, exitCode: 1 | 2, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

/**
 * Why nothing can listen there, by the words of Node or of the SDK; any other error as it is.
 * @param variable that holds the port
 */
export function toListenError(
  error: unknown,
  { variable, host, port }: { variable: string; host: string; port: number },
): unknown {
  const message = error instanceof Error ? error.message : '';
  if (/EADDRINUSE|Address already in use/.test(message)) {
    return new StartError(
      `port ${port} is taken by another program: set ${variable} to another one, or to 0 for any that is free`,
      2,
      { cause: error },
    );
  }
  if (/EACCES|Permission denied/.test(message)) {
    return new StartError(`this user may not open port ${port}: set ${variable} above 1023`, 2, {
      cause: error,
    });
  }
  if (/EADDRNOTAVAIL|EAFNOSUPPORT|Cannot assign requested address/.test(message)) {
    return new StartError(
      `this machine has no address ${host}: correct TCSYNC_LISTEN_ADDRESS, 0.0.0.0 means all of them`,
      2,
      { cause: error },
    );
  }
  return error;
}

/** What Temporal, or the way to it, refused; any other error as it is. */
export function toTemporalStartError(error: unknown, temporal: TemporalConfig): unknown {
  if (!(error instanceof Error && error.name === 'TransportError')) return error;
  const { namespace } = temporal;
  const { address } = temporal.connectionOptions;
  if (/^Namespace .* not found.*code: NotFound/.test(error.message)) {
    return new StartError(
      `Temporal at ${address} has no namespace ${namespace}: correct TEMPORAL_NAMESPACE, or create it with \`temporal operator namespace create --namespace ${namespace}\``,
      1,
      { cause: error },
    );
  }
  return new StartError(
    `cannot reach Temporal at ${address} (TEMPORAL_ADDRESS): ${saidIn(error.message)}; is it up, and does it want TLS (TEMPORAL_TLS) or credentials (TEMPORAL_API_KEY)?`,
    1,
    { cause: error },
  );
}

/**
 * The SDK prints its native errors as Rust does: what they say to people stands between quotation marks, or else
 * the innermost name tells most.
 */
function saidIn(message: string): string {
  const quoted = [...message.matchAll(/(?<!\bb)"((?:[^"\\]|\\.)+)"/g)].map(([, words]) => words);
  const said = quoted.filter((words) => words?.includes(' '));
  if (said.length > 0) return [...new Set(said)].join(': ');
  return /(\w+)[)}\s]*$/.exec(message)?.[1] ?? message;
}
