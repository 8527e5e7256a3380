import { type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

import { ApiError, illegalArgument, ShortError } from '../errors.ts';
import { type ApiKey, type ApiKeys } from '../security/api-keys.ts';
import { type Counters } from '../sim/counters.ts';
import { defaultError, type Fault, type Faults, type When } from '../sim/faults.ts';
import { checkFilter } from '../json/filter-path.ts';
import { answerType } from './media-type.ts';
import { Parameters } from './parameters.ts';
import { RequestBody } from './request-body.ts';
import { type Answer, type Match, type Method, type Router, toSegments } from './router.ts';
import { pack, send } from './send.ts';

export interface ListenerOptions {
  readonly counters: Counters;
  readonly faults: Faults;
  /** Does everything that has become due since the last request. */
  readonly catchUp: () => void;
  readonly router: Router;
  readonly keys: ApiKeys;
  /** Aborted when the server closes. */
  readonly closing: AbortSignal;
}

/** The connection breaks, by a fault or by the client. */
class ConnectionLost extends Error {}

/**
 * One request to the Elasticsearch API:
 *
 *     read → faults → credentials → media types → route → parameters → handler → faults → answer
 */
export async function handleRequest(
  options: ListenerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const gone = new AbortController();
  response.on('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  const signal = AbortSignal.any([gone.signal, options.closing]);
  try {
    const { answer, contentType, faults, filter } = await answerTo(options, request, signal);
    const packed = await pack(request, answer, { contentType, filter });
    if (signal.aborted) throw new ConnectionLost('the client is gone');
    const cut = faults.find((fault) => fault.kind === 'cut');
    send(request, response, packed, cut === undefined ? null : cut.atBytes);
  } catch (error) {
    if (!(error instanceof ConnectionLost)) throw error;
    request.socket.resetAndDestroy();
  }
}

interface Handled {
  readonly answer: Answer;
  readonly contentType: string;
  readonly faults: readonly Fault[];
  /** Of `filter_path`; empty for an error, which is shown whole. */
  readonly filter: readonly string[];
}

async function answerTo(
  options: ListenerOptions,
  request: IncomingMessage,
  signal: AbortSignal,
): Promise<Handled> {
  const [path = '/', query = ''] = (request.url ?? '/').split(/\?(.*)/s, 2);
  const found = options.router.find(request.method ?? '', toSegments(path));
  const api = isMatch(found) ? found.route.api : 'other';
  options.counters.request(api, request.method ?? '', path);
  let contentType = 'application/json';
  let faults: readonly Fault[] = [];
  try {
    const body = await read(request);
    faults = options.faults.hit(api, body.bytes);
    const lost = await strike(options.faults, faults, 'before', signal);
    if (lost !== null) return { answer: lost, contentType, faults, filter: [] };
    const { accept, authorization, 'content-type': sent } = request.headers;
    const caller = options.keys.authenticate(authorization, path);
    contentType = answerType(accept, sent, !body.isEmpty);
    options.catchUp();
    const parameters = new Parameters(query);
    const filter = parameters.list('filter_path') ?? [];
    checkFilter(filter);
    const answer = await route(request, found, { path, parameters, body, faults, caller, signal });
    const replaced = await strike(options.faults, faults, 'after', signal);
    return replaced === null
      ? { answer, contentType, faults, filter }
      : { answer: replaced, contentType, faults, filter: [] };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const answer = { status: error.status, body: error.envelope(), headers: error.headers };
    return { answer, contentType, faults, filter: [] };
  }
}

async function read(request: IncomingMessage): Promise<RequestBody> {
  try {
    return await RequestBody.read(request);
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw new ConnectionLost('the client went away while it was sending', { cause: error });
  }
}

interface Read {
  readonly path: string;
  readonly parameters: Parameters;
  readonly body: RequestBody;
  readonly faults: readonly Fault[];
  readonly caller: ApiKey | null;
  readonly signal: AbortSignal;
}

async function route(
  { method = '', url = '' }: IncomingMessage,
  found: Match | readonly Method[],
  read: Read,
): Promise<Answer> {
  if (!isMatch(found)) return refuse(method, url, found);
  read.parameters.refuseUnknown(read.path, found.route.parameters);
  const parts = Object.fromEntries(
    Object.entries(found.parts).map(([name, value]) => [name, decodeSegment(value)]),
  );
  return found.route.handle({ method, parts, ...read });
}

function refuse(method: string, url: string, allowed: readonly Method[]): Answer {
  if (allowed.length === 0) {
    const error = `no handler found for uri [${url}] and method [${method}] in this stand-in`;
    return { status: 400, body: { error } };
  }
  const reason = `Incorrect HTTP method for uri [${url}] and method [${method}], allowed: [${allowed.join(', ')}]`;
  const error = new ShortError(405, { type: 'method_not_allowed', reason });
  return { status: 405, body: error.envelope(), headers: { allow: allowed.join(',') } };
}

/**
 * Does what the faults of one moment say.
 * @returns the answer that replaces the real one, or `null`
 */
async function strike(
  armed: Faults,
  faults: readonly Fault[],
  moment: When,
  signal: AbortSignal,
): Promise<Answer | null> {
  let answer: Answer | null = null;
  for (const fault of faults) {
    if (fault.kind === 'item' || fault.kind === 'cut' || (fault.when ?? 'before') !== moment)
      continue;
    if (fault.kind === 'slow')
      await sleep(fault.delayMs, undefined, { signal }).catch(() => undefined);
    if (fault.kind === 'hold') await armed.hold(signal);
    if (fault.kind === 'reset' || signal.aborted) throw new ConnectionLost('by a fault');
    if (fault.kind === 'status') {
      const error = new ApiError(fault.status, defaultError(fault.status));
      answer = {
        status: fault.status,
        body: fault.body ?? error.envelope(),
        headers: fault.headers ?? {},
      };
    }
  }
  return answer;
}

function isMatch(found: Match | readonly Method[]): found is Match {
  return 'route' in found;
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw illegalArgument(`invalid escape sequence in [${segment}]`);
  }
}
