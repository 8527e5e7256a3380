import { after, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';

import {
  type Answered,
  at,
  type ServerUnderTest,
  useElasticsearch,
  useStandIn,
} from '../../stand-ins/elasticsearch/test/elasticsearch-under-test.ts';
import { type Capability, skipReason } from './capabilities.ts';

/** Longest wait for an action that the server does by itself. A real server may be busy. */
const DEADLINE_MS = 300_000;
const LOOK_EVERY_MS = 50;

export interface ServerUnderContract {
  /** A list as body is sent as lines of JSON. `ES_API_KEY` is sent if it is set. */
  ask(method: string, path: string, body?: unknown): Promise<Answered>;
  /** The same, for requests that must succeed before the test. @throws {Error} with the answer */
  must(method: string, path: string, body?: unknown): Promise<unknown>;
  name(short: string): string;
  /** Name of a data stream that only the template for {@link name} `*` matches. */
  stream(short: string): string;
  /** Name of a transform. */
  id(short: string): string;
}

// Any text of the form `id:key`.
const STAND_IN_KEY = Buffer.from('contract:suite').toString('base64');

/**
 * The server at ES_URL, or else a stand-in with security. At the end of a file everything with its names is deleted.
 */
export function useServer(): ServerUnderContract {
  const given = process.env['ES_URL'];
  const apiKey = given === undefined ? STAND_IN_KEY : process.env['ES_API_KEY'];
  const headers: Record<string, string> =
    apiKey === undefined ? {} : { authorization: `ApiKey ${apiKey}` };
  const ask: ServerUnderContract['ask'] = (method, path, body) =>
    plain.ask(method, path, body, headers);
  const id = (short: string): string => plain.name(short).replace('.', '-');
  after(async () => {
    const { body } = await ask('GET', `/_transform/${id('*')}`);
    const transforms = at(body, 'transforms');
    for (const transform of Array.isArray(transforms) ? (transforms as unknown[]) : []) {
      await ask('DELETE', `/_transform/${String(at(transform, 'id'))}?force=true`);
    }
    await ask('DELETE', `/_data_stream/logs-${plain.name('*')}`);
    await ask('DELETE', `/_index_template/${plain.name('*')}`);
    await ask('DELETE', `/_component_template/${plain.name('*')}`);
    const policies = await ask('GET', '/_ilm/policy');
    for (const policy of Object.keys(policies.body ?? {})) {
      if (policy.startsWith(plain.name(''))) await ask('DELETE', `/_ilm/policy/${policy}`);
    }
  });
  // registered last, so that the server still runs while the hooks above clean up
  const plain: ServerUnderTest =
    given === undefined ? useStandIn({ credentials: { apiKey } }) : useElasticsearch();
  return {
    ask,
    must: async (method, path, body) => {
      const { status, text, body: answered } = await ask(method, path, body);
      if (status >= 300) throw new Error(`${method} ${path}: ${status} ${text}`);
      return answered;
    },
    name: (short) => plain.name(short),
    stream: (short) => `logs-${plain.name(short)}-default`,
    id,
  };
}

/** A test of the contract. If the server lacks one of `needs`, it is skipped and listed. */
export function contract(
  title: string,
  needs: readonly Capability[],
  run: () => Promise<void>,
): void {
  test(title, { skip: skipReason(needs) }, run);
}

/** Checks again until the condition is true, because the clock of a real server cannot be set. */
export async function eventually(holds: () => Promise<boolean>): Promise<void> {
  const deadlineMs = Date.now() + DEADLINE_MS;
  while (!(await holds())) {
    if (Date.now() > deadlineMs)
      throw new Error(`not within ${DEADLINE_MS} ms: ${holds.toString()}`);
    await pause(LOOK_EVERY_MS);
  }
}

/** The status and the type of the exception of an answer. */
export function refused({ status, body }: Answered): [number, unknown] {
  return [status, at(body, 'error.type')];
}
