import { type ApiKey } from '../security/api-keys.ts';
import { type Fault } from '../sim/faults.ts';
import { type Parameters } from './parameters.ts';
import { type RequestBody } from './request-body.ts';

/** One request to an API, read and routed. */
export interface Asked {
  readonly method: string;
  /** Path as sent, without the query string. */
  readonly path: string;
  /** Decoded values of the path's `{…}` segments. */
  readonly parts: Readonly<Record<string, string>>;
  readonly parameters: Parameters;
  readonly body: RequestBody;
  /** Faults that hit this request. */
  readonly faults: readonly Fault[];
  /** The key of the request; `null` if security is off. */
  readonly caller: ApiKey | null;
  /** Aborted when the client goes away or the server closes. */
  readonly signal: AbortSignal;
}
