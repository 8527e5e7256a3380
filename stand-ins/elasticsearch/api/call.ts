import { type Asked } from '../http/asked.ts';
import { type Answer, type Route as HttpRoute } from '../http/router.ts';
import { type ApiKeys } from '../security/api-keys.ts';
import { type Cluster } from '../state/cluster.ts';
import { type Transforms } from '../transform/transform.ts';

/** The state that all handlers share. */
export interface Server {
  readonly cluster: Cluster;
  readonly transforms: Transforms;
  readonly keys: ApiKeys;
}

/** One request to an API, as its handler sees it. */
export type Call = Asked & Server;

export interface Route extends Omit<HttpRoute, 'handle'> {
  readonly handle: (call: Call) => Answer | Promise<Answer>;
}

export const ACKNOWLEDGED: Answer = { status: 200, body: { acknowledged: true } };

export function ok(body: unknown): Answer {
  return { status: 200, body };
}

/** Names of a comma-separated path part; `*` if the part is missing. */
export function namesOf(call: Call, part: string): string[] {
  return (call.parts[part] ?? '*').split(',').filter((name) => name !== '');
}
