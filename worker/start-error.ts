import type { TemporalConfig } from '../config/load-temporal.ts';
import { temporalCommand } from '../contracts/temporal-command.ts';

/** A reason why the worker cannot start, as a sentence for a person who can correct it. */
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
 * Turns an error of Node or of the SDK into the reason why nothing can listen there; returns any other error unchanged.
 * @param variable name of the variable that holds the port
 */
export function toListenError(
  error: unknown,
  { variable, host, port }: { variable: string; host: string; port: number },
): unknown {
  const message = error instanceof Error ? error.message : '';
  if (/EADDRINUSE|Address already in use/.test(message)) {
    return new StartError(
      `port ${port} is taken by another program: set ${variable} to another port, or to 0 for any free one`,
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

/** Turns a refusal by Temporal, or a failed connection to it, into a sentence; returns any other error unchanged. */
export function toTemporalStartError(error: unknown, temporal: TemporalConfig): unknown {
  if (!(error instanceof Error && error.name === 'TransportError')) return error;
  const { namespace } = temporal;
  const { address } = temporal.connectionOptions;
  if (/^Namespace .* not found.*code: NotFound/.test(error.message)) {
    return new StartError(
      `Temporal at ${address} has no namespace ${namespace}: correct TEMPORAL_NAMESPACE, or create it with \`${temporalCommand('operator namespace create', { namespace, address })}\``,
      1,
      { cause: error },
    );
  }
  return new StartError(
    `cannot reach Temporal at ${address} (TEMPORAL_ADDRESS): ${saidIn(error.message)}; is it up, and does it require TLS (TEMPORAL_TLS) or credentials (TEMPORAL_API_KEY)?`,
    1,
    { cause: error },
  );
}

/**
 * The SDK prints its native errors in Rust's debug form. The text for people stands between quotation marks; if there
 * is none, the innermost name tells most.
 */
function saidIn(message: string): string {
  const quoted = [...message.matchAll(/(?<!\bb)"((?:[^"\\]|\\.)+)"/g)].map(([, words]) => words);
  const said = quoted.filter((words) => words?.includes(' '));
  if (said.length > 0) return [...new Set(said)].join(': ');
  return /(\w+)[)}\s]*$/.exec(message)?.[1] ?? message;
}
