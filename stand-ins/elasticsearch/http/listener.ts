import { type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

import { ApiError, illegalArgument, ShortError } from '../errors.ts';
import { type Counters } from '../sim/counters.ts';
import { defaultError, type Fault, type Faults, type When } from '../sim/faults.ts';
import { checkMediaTypes } from './media-type.ts';
import { Parameters } from './parameters.ts';
import { type ReadBody, readBody, TooLargeError } from './read-body.ts';
import { RequestBody } from './request-body.ts';
import { type Answer, type Match, type Method, type Router, toSegments } from './router.ts';
import { authenticate, type Credentials } from './security.ts';
import { pack, send } from './send.ts';

export interface ListenerOptions {
  readonly counters: Counters;
  readonly faults: Faults;
  /** Version of the server, which decides what compatible versions are taken. */
  readonly major: number;
  /** Does what has fallen due since the last request. */
  readonly catchUp: () => void;
  readonly router: Router;
  readonly credentials: Credentials;
  readonly maxBodyBytes: number;
  readonly log: (line: string) => void;
  /** Aborted when the server closes. */
  readonly closing: AbortSignal;
}

/** Thrown where a fault takes the connection away. */
class ConnectionLost extends Error {}

/**
 * One request to the Elasticsearch API:
 *
 *     read → who asks? → media types → route → parameters → faults → handler → faults → answer
 */
export async function handleRequest(
  options: ListenerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const startedMs = performance.now();
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  const signal = AbortSignal.any([gone.signal, options.closing]);
  try {
    const { answer, contentType, parameters, faults, isError } = await answerTo(
      options,
      request,
      signal,
    );
    const packed = await pack(request, answer, {
      contentType,
      pretty: wants(parameters, 'pretty'),
      filter: isError ? [] : (parameters?.list('filter_path') ?? []),
    });
    if (signal.aborted) throw new ConnectionLost('the client is gone');
    const cut = faults.find((fault) => fault.kind === 'cut');
    send(request, response, packed, cut === undefined ? null : cut.atBytes);
    options.counters.answer(packed.status, packed.bodyBytes);
    options.log(
      `${request.method} ${request.url} ${packed.status} ${Math.round(performance.now() - startedMs)} ms`,
    );
  } catch (error) {
    if (error instanceof TooLargeError) {
      options.counters.answer(413, 0);
      response.writeHead(413, { 'content-length': 0 }).end();
    } else if (error instanceof ConnectionLost) {
      request.socket.resetAndDestroy();
    } else {
      throw error;
    }
  }
}

interface Handled {
  readonly answer: Answer;
  readonly contentType: string;
  readonly parameters: Parameters | null;
  readonly faults: readonly Fault[];
  /** Errors are shown whole, whatever `filter_path` says. */
  readonly isError: boolean;
}

async function answerTo(
  options: ListenerOptions,
  request: IncomingMessage,
  signal: AbortSignal,
): Promise<Handled> {
  const { counters } = options;
  const [path = '/', query = ''] = (request.url ?? '/').split(/\?(.*)/s, 2);
  const found = options.router.find(request.method ?? '', toSegments(path));
  const api = isMatch(found) ? found.route.api : 'other';
  counters.request(api);
  let contentType = 'application/json';
  let parameters: Parameters | null = null;
  let faults: readonly Fault[] = [];
  try {
    const body = await read(options, request);
    counters.body(body.receivedBytes, body.bytes.length);
    faults = options.faults.hit(api, body.bytes);
    const lost = await strike(options.faults, faults, 'before', signal);
    if (lost !== null) return { answer: lost, contentType, parameters, faults, isError: true };
    authenticate(options.credentials, request.headers.authorization, path);
    const { accept } = request.headers;
    const hasBody = body.bytes.length > 0;
    contentType = checkMediaTypes(
      options.major,
      accept,
      request.headers['content-type'],
      hasBody,
    ).answer;
    parameters = Parameters.parse(query);
    options.catchUp();
    const answer = await route(options, request, found, { path, parameters, body, faults, signal });
    const replaced = await strike(options.faults, faults, 'after', signal);
    const isError = replaced !== null;
    return { answer: replaced ?? answer, contentType, parameters, faults, isError };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const answer = { status: error.status, body: error.envelope(), headers: error.headers };
    return { answer, contentType, parameters, faults, isError: true };
  }
}

async function read(options: ListenerOptions, request: IncomingMessage): Promise<ReadBody> {
  try {
    return await readBody(request, options.maxBodyBytes);
  } catch (error) {
    if (error instanceof ApiError || error instanceof TooLargeError) throw error;
    throw new ConnectionLost('the client went away while it was sending', { cause: error });
  }
}

interface Read {
  readonly path: string;
  readonly parameters: Parameters;
  readonly body: ReadBody;
  readonly faults: readonly Fault[];
  readonly signal: AbortSignal;
}

async function route(
  options: ListenerOptions,
  request: IncomingMessage,
  found: Match | readonly Method[],
  { path, parameters, body, faults, signal }: Read,
): Promise<Answer> {
  const { method = '' } = request;
  if (!isMatch(found)) return refuse(method, path, request.url ?? '', found);
  for (const name of ['error_trace', 'human', 'pretty']) parameters.flag(name);
  const { parameters: known } = found.route;
  if (known !== null) parameters.refuseUnknown(path, known);
  const parts = Object.fromEntries(
    Object.entries(found.parts).map(([name, value]) => [name, decodeSegment(value, path)]),
  );
  return found.route.handle({
    method,
    path,
    parts,
    parameters,
    body: new RequestBody(body.bytes),
    faults,
    signal,
  });
}

function refuse(method: string, path: string, url: string, allowed: readonly Method[]): Answer {
  if (allowed.length === 0) {
    const error = `no handler found for uri [${url}] and method [${method}]`;
    return { status: 400, body: { error } };
  }
  const headers = { allow: allowed.join(',') };
  if (method === 'OPTIONS') return { status: 200, text: '', headers };
  const message = `Incorrect HTTP method for uri [${url}] and method [${method}], allowed: [${allowed.join(', ')}]`;
  const error = new ShortError(405, { type: 'method_not_allowed', reason: message });
  return { status: 405, body: error.envelope(), headers };
}

/**
 * Does what the faults of one moment say.
 * @returns the answer that takes the place of the real one, or null
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

function decodeSegment(segment: string, path: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    const at = path.search(/%(?![\da-f]{2})/i);
    throw illegalArgument(
      `invalid escape sequence \`${path.slice(at, at + 3)}' at index ${at} of: ${path}`,
    );
  }
}

/** `?pretty` of a request that may be wrong in other ways. */
function wants(parameters: Parameters | null, name: string): boolean {
  const value = parameters?.text(name);
  return value !== undefined && value !== 'false';
}
