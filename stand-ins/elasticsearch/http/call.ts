import { type Fault } from '../sim/faults.ts';
import { type Cluster } from '../state/cluster.ts';
import { type Answer } from './router.ts';
import { type Parameters } from './parameters.ts';
import { type RequestBody } from './request-body.ts';
import { type Credentials } from './security.ts';

/** One request to an API, as its handler sees it. */
export interface Call {
  readonly cluster: Cluster;
  readonly method: string;
  /** Path as sent, without the query string. */
  readonly path: string;
  /** Decoded values of the path's `{…}` segments. */
  readonly parts: Readonly<Record<string, string>>;
  readonly parameters: Parameters;
  readonly body: RequestBody;
  /** Who may ask. */
  readonly credentials: Credentials;
  /** Faults that hit this request. */
  readonly faults: readonly Fault[];
  /** Aborted when the client goes away or the server closes. */
  readonly signal: AbortSignal;
}

export const ACKNOWLEDGED: Answer = { status: 200, body: { acknowledged: true } };

export function ok(body: unknown): Answer {
  return { status: 200, body };
}

/** Names of a comma-separated path part; `*` where the part is missing. */
export function namesOf(call: Call, part: string): string[] {
  return (call.parts[part] ?? '*').split(',').filter((name) => name !== '');
}
