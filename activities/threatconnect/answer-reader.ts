import {
  SourceBadRequestError,
  SourceContractError,
  SourceTooSlowError,
} from '../../contracts/errors.ts';
import { REAL_WAITING, type Waiting } from '../attempt/waiting.ts';
import { ThreatConnectHttp, type Answer, type HttpOptions } from './http.ts';
import { RecordScanner, type RawRecord } from './record-scanner.ts';
import { repeated } from './repeat.ts';
import { QUERY_CHARACTERS, requestBody, requestTarget, type Query } from './request-target.ts';
import type { SourceClock } from './source-clock.ts';
import { checkEnvelope } from './source-error.ts';

/** Takes the records of one piece of a body; the next piece is read when its promise resolves. */
export type RecordsHandler = (records: RawRecord[], requestedAtMs: number) => Promise<void>;

/** The request, and the envelope of its answer. */
type Short = { request: string; envelope: Record<string, unknown> };

/** Reads the answers of ThreatConnect's API: lists of records while they arrive, and short envelopes. */
export class AnswerReader {
  readonly #http: ThreatConnectHttp;
  readonly #timeoutMs: number;
  readonly #waiting: Waiting;
  #readsBodies = false;

  constructor(options: HttpOptions & { waiting?: Waiting }, clock?: SourceClock) {
    this.#timeoutMs = options.httpTimeoutMs;
    this.#waiting = options.waiting ?? REAL_WAITING;
    this.#http = new ThreatConnectHttp(options, clock);
  }

  get clock(): SourceClock {
    return this.#http.clock;
  }

  /**
   * Reads a list of records and hands them on while they arrive. Records handed on before an error stay.
   * @param recordBytesMax a larger record is handed on cut
   */
  async records(
    path: string,
    query: Query,
    recordBytesMax: number,
    onRecords: RecordsHandler,
    signal: AbortSignal,
  ): Promise<{ records: number; hasNext: boolean }> {
    const answer = await this.#get(path, query, signal);
    let found: RawRecord[] = [];
    let records = 0;
    const linkBytes = requestTarget(path, query).length;
    const scanner = new RecordScanner((record) => found.push(record), recordBytesMax, linkBytes);
    const scan = <T>(step: () => T): T => named(answer.request, step);
    let sinceMs = performance.now();
    for await (const piece of answer.body) {
      scan(() => scanner.push(piece));
      if (found.length === 0) {
        // bytes alone are no progress: a body may arrive slowly for ever
        if (performance.now() - sinceMs < this.#timeoutMs) continue;
        throw new SourceTooSlowError(
          `${answer.request}: no record came for ${this.#timeoutMs} ms (TC_HTTP_TIMEOUT)`,
        );
      }
      const batch = found;
      found = [];
      records += batch.length;
      await onRecords(batch, answer.requestedAtMs);
      sinceMs = performance.now();
    }
    const envelope = checkEnvelope(
      scan(() => scanner.end()),
      answer.request,
    );
    if (!Array.isArray(envelope.data)) {
      throw new SourceContractError(`${answer.request}: \`data\` is not a list`);
    }
    return { records, hasNext: typeof envelope.next === 'string' };
  }

  /** Reads a short answer; repeats the request if the failure is temporary. */
  json(path: string, query: Query, signal: AbortSignal): Promise<Short> {
    return repeated(() => this.#jsonOnce(path, query, signal), this.#waiting, signal);
  }

  async #jsonOnce(path: string, query: Query, signal: AbortSignal): Promise<Short> {
    const { request, body } = await this.#get(path, query, signal);
    return { request, envelope: await readEnvelope(request, body) };
  }

  /** If a server ignored the body of a GET, it would answer with every record. */
  async #get(path: string, query: Query, signal: AbortSignal): Promise<Answer> {
    if (requestBody(query) !== null && !this.#readsBodies) await this.#requireBodies(signal);
    return this.#http.get(path, query, signal);
  }

  /** Sends a filter in a body that matches nothing on any instance. */
  async #requireBodies(signal: AbortSignal): Promise<void> {
    const query: Query = [
      ['tql', `summary = "${'-'.repeat(QUERY_CHARACTERS)}"`],
      ['resultLimit', '1'],
    ];
    const { request, body } = await this.#http.get('/v3/indicators', query, signal);
    const { data } = await readEnvelope(request, body);
    if (Array.isArray(data) && data.length > 0) {
      throw new SourceBadRequestError(
        `${request}: the body of the request does not arrive, a proxy drops it: parameters of ${QUERY_CHARACTERS} characters and more are sent in the body; name fewer owners, types or fields, or shorten the filter`,
      );
    }
    this.#readsBodies = true;
  }

  async close(): Promise<void> {
    await this.#http.close();
  }
}

/** Reads a short answer, in which no id exceeds a JavaScript number. */
async function readEnvelope(
  request: string,
  body: Answer['body'],
): Promise<Record<string, unknown>> {
  const pieces: Buffer[] = [];
  for await (const piece of body) pieces.push(piece);
  const text = Buffer.concat(pieces).toString();
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new SourceContractError(`${request}: the body is not JSON`, { cause: error });
  }
  return checkEnvelope(parsed, request);
}

/** Runs one step of the scanner; if the body is at fault, adds the request to the message. */
function named<T>(request: string, step: () => T): T {
  try {
    return step();
  } catch (error) {
    if (error instanceof SourceContractError) {
      throw new SourceContractError(`${request}: ${error.message}`, { cause: error });
    }
    throw error;
  }
}
