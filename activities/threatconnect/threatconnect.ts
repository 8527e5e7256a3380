import { z } from 'zod';
import { toInstant, type Instant } from '../../contracts/instant.ts';
import { REAL_WAITING, type Waiting } from '../attempt/waiting.ts';
import {
  SourceBadRequestError,
  SourceContractError,
  SourceTooSlowError,
} from '../../contracts/errors.ts';
import { checkEnvelope } from './source-error.ts';
import { ThreatConnectHttp, type Answer, type HttpOptions } from './http.ts';
import { RecordScanner, type RawRecord } from './record-scanner.ts';
import { repeated } from './repeat.ts';
import { QUERY_CHARACTERS, requestBody, requestTarget, type Query } from './request-target.ts';
import type { SourceClock } from './source-clock.ts';
import { EVERYTHING, toTql, type Selection } from './tql.ts';

export type SourceOptions = HttpOptions & {
  /** A record that is larger is not held: it is handed on cut. */
  maxBodyBytes: number;
  waiting?: Waiting;
};

export type PageRequest = {
  /** Optional parts that each record is asked with. */
  fields: readonly string[];
  /** Records, 1–10,000. */
  limit: number;
  /** Records of the selection that are passed over. */
  start?: number;
  /** A larger record is handed on cut. */
  recordBytesMax?: number;
};

/** Lists of what is associated with an indicator; a list of indicators holds the active ones only. */
export type Associated = 'groups' | 'indicators' | 'inactive indicators';

export type AssociatedRequest = {
  list: Associated;
  /** Of the indicator. */
  id: string;
  /** Optional parts that each record is asked with. */
  fields: readonly string[];
  limit: number;
  /** Only records behind this id. */
  afterId: string | null;
  /** Records that are passed over. */
  start: number;
};

export type Owner = { id: string; name: string };

/** Takes the records of one piece of a body; the next piece is read when it is done. */
export type RecordsHandler = (records: RawRecord[], requestedAtMs: number) => Promise<void>;

const OWNERS_PAGE = 500;

/** The indicators and owners that an API user of one ThreatConnect instance can see. */
export class ThreatConnect {
  readonly url: string;
  readonly #http: ThreatConnectHttp;
  /** A record that is larger is not held. */
  readonly maxBodyBytes: number;
  readonly #timeoutMs: number;
  readonly #waiting: Waiting;
  #takesIdRange = false;
  #readsBodies = false;

  constructor(options: SourceOptions, clock?: SourceClock) {
    this.url = options.url;
    this.maxBodyBytes = options.maxBodyBytes;
    this.#timeoutMs = options.httpTimeoutMs;
    this.#waiting = options.waiting ?? REAL_WAITING;
    this.#http = new ThreatConnectHttp(options, clock);
  }

  get clock(): SourceClock {
    return this.#http.clock;
  }

  /**
   * One page, ascending by id, handed on while it arrives. A page without `next` is the last one; a server
   * may give fewer records than asked for and still have more. What was handed on before an error stays.
   *
   * @see https://docs.threatconnect.com/en/latest/rest_api/v3/enable_pagination.html
   */
  async page(
    selection: Selection,
    { fields, limit, start = 0, recordBytesMax = this.maxBodyBytes }: PageRequest,
    onRecords: RecordsHandler,
    signal: AbortSignal,
  ): Promise<{ records: number; hasNext: boolean }> {
    const query: Query = [
      ...toQuery(toTql(selection)),
      ['sorting', 'id asc'],
      ...(start === 0 ? [] : [['resultStart', String(start)] as const]),
      ['resultLimit', String(limit)],
      ...fields.map((field) => ['fields', field] as const),
    ];
    const bytesMax = Math.min(recordBytesMax, this.maxBodyBytes);
    return this.#records('/v3/indicators', query, bytesMax, onRecords, signal);
  }

  /**
   * Whether a page can begin behind an id: allowed by the vendor's rules, but shown by no public client.
   * Asked until the answer is yes.
   */
  async takesIdRange(signal: AbortSignal): Promise<boolean> {
    const afterAny = { ...EVERYTHING, afterId: '0' };
    this.#takesIdRange ||= await this.#isTaken(afterAny, { fields: [], limit: 1 }, signal);
    return this.#takesIdRange;
  }

  /** Whether the account may ask for some fields; some instances leave out what it may not, without a word. */
  takesFields(
    selection: Selection,
    fields: readonly string[],
    signal: AbortSignal,
  ): Promise<boolean> {
    return this.#isTaken(selection, { fields, limit: 1 }, signal);
  }

  async #isTaken(selection: Selection, page: PageRequest, signal: AbortSignal): Promise<boolean> {
    const ask = () => this.page(selection, page, () => Promise.resolve(), signal);
    try {
      await repeated(ask, this.#waiting, signal);
      return true;
    } catch (error) {
      if (error instanceof SourceBadRequestError) return false;
      throw error;
    }
  }

  /**
   * What is associated with one indicator, a page at a time, ascending by id.
   *
   * @see https://docs.threatconnect.com/en/latest/rest_api/v3/filter_results.html
   */
  async associated(
    { list, id, fields, limit, afterId, start }: AssociatedRequest,
    onRecords: RecordsHandler,
    signal: AbortSignal,
  ): Promise<{ records: number; hasNext: boolean }> {
    const after = afterId === null ? '' : ` AND id > ${afterId}`;
    const query: Query = [
      ['tql', `${toAssociatedTql(list, id)}${after}`],
      ['sorting', 'id asc'],
      ...(start === 0 ? [] : [['resultStart', String(start)] as const]),
      ['resultLimit', String(limit)],
      ...fields.map((field) => ['fields', field] as const),
    ];
    const path = list === 'groups' ? '/v3/groups' : '/v3/indicators';
    return this.#records(path, query, this.maxBodyBytes, onRecords, signal);
  }

  /**
   * How many indicators match.
   * @see https://docs.threatconnect.com/en/latest/rest_api/v3/return_count.html
   */
  async count(selection: Selection, signal: AbortSignal): Promise<number> {
    const query: Query = [...toQuery(toTql(selection)), ['resultLimit', '1'], ['count', 'true']];
    const { request, envelope } = await this.#json('/v3/indicators', query, signal);
    const { count, data, next } = envelope;
    if (typeof count === 'number') return count;
    // the vendor's own client is ready for an answer without it; what has no `next` is complete
    if ((count ?? null) === null && !next) return Array.isArray(data) ? data.length : 0;
    throw new SourceContractError(
      `${request}: \`count\` is ${count === undefined ? 'missing' : 'no number'}`,
    );
  }

  /**
   * When the indicator that was modified first of all that match was modified; `null`: none matches.
   * @see https://docs.threatconnect.com/en/latest/rest_api/v3/sort_results.html
   */
  async oldest(selection: Selection, signal: AbortSignal): Promise<Instant | null> {
    const query: Query = [
      ...toQuery(toTql(selection)),
      ['sorting', 'lastModified asc'],
      ['resultLimit', '1'],
    ];
    const { request, envelope } = await this.#json('/v3/indicators', query, signal);
    const data = Dated.safeParse(envelope.data);
    if (!data.success) throw new SourceContractError(`${request}: ${z.prettifyError(data.error)}`);
    const [first] = data.data;
    if (first === undefined) return null;
    const ms = Date.parse(first.lastModified?.trim() ?? '');
    return toInstant(Number.isNaN(ms) ? 0 : ms); // one without a date may be as old as can be
  }

  /**
   * The owners that the API user belongs to.
   * @see https://docs.threatconnect.com/en/latest/rest_api/v3/owners/owners.html
   */
  async owners(signal: AbortSignal): Promise<Owner[]> {
    const owners: Owner[] = [];
    for (;;) {
      const { request, envelope } = await this.#json(
        '/v3/security/owners',
        [
          ['resultStart', String(owners.length)],
          ['resultLimit', String(OWNERS_PAGE)],
        ],
        signal,
      );
      const page = OwnersData.safeParse(envelope.data);
      if (!page.success) {
        throw new SourceContractError(`${request}: ${z.prettifyError(page.error)}`);
      }
      owners.push(...page.data.map(({ id, name }) => ({ id: String(id), name })));
      if (typeof envelope.next !== 'string' || page.data.length === 0) return owners;
    }
  }

  async close(): Promise<void> {
    await this.#http.close();
  }

  async #records(
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
        // bytes alone are no progress: a body may drip for ever
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
      throw new SourceContractError(`${answer.request}: \`data\` is no list`);
    }
    return { records, hasNext: typeof envelope.next === 'string' };
  }

  #json(path: string, query: Query, signal: AbortSignal): Promise<Short> {
    return repeated(() => this.#jsonOnce(path, query, signal), this.#waiting, signal);
  }

  async #jsonOnce(path: string, query: Query, signal: AbortSignal): Promise<Short> {
    const { request, body } = await this.#get(path, query, signal);
    return { request, envelope: await readEnvelope(request, body) };
  }

  /** A server that does not read the body of a GET would answer with every record that there is. */
  async #get(path: string, query: Query, signal: AbortSignal): Promise<Answer> {
    if (requestBody(query) !== null && !this.#readsBodies) await this.#requireBodies(signal);
    return this.#http.get(path, query, signal);
  }

  /** Asks in a body for what no instance has. */
  async #requireBodies(signal: AbortSignal): Promise<void> {
    const query: Query = [
      ['tql', `summary = "${'-'.repeat(QUERY_CHARACTERS)}"`],
      ['resultLimit', '1'],
    ];
    const { request, body } = await this.#http.get('/v3/indicators', query, signal);
    const { data } = await readEnvelope(request, body);
    if (Array.isArray(data) && data.length > 0) {
      throw new SourceBadRequestError(
        `${request}: the body of the request does not arrive, a proxy drops it: parameters of ${QUERY_CHARACTERS} characters and more stand there; name fewer owners, types or fields, or shorten the filter`,
      );
    }
    this.#readsBodies = true;
  }
}

/** An answer that is short and holds no id that a number cannot hold. */
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

type Short = { request: string; envelope: Record<string, unknown> };

function toAssociatedTql(list: Associated, indicatorId: string): string {
  const has = `hasIndicator(id = ${indicatorId})`;
  return list === 'inactive indicators' ? `indicatorActive = false AND ${has}` : has;
}

const Dated = z.array(z.looseObject({ lastModified: z.string().optional() }));
const OwnersData = z.array(z.looseObject({ id: z.number().int(), name: z.string() }));

function toQuery(tql: string): Query {
  return tql === '' ? [] : [['tql', tql]];
}

/** Runs one step of the scanner and names the request where the body is at fault. */
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
