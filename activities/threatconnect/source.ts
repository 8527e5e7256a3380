import { z } from 'zod';
import { SourceContractError } from '../errors.ts';
import { checkEnvelope } from './answer.ts';
import { ThreatConnectHttp, type HttpOptions } from './http.ts';
import { RecordScanner, type RawRecord } from './record-scanner.ts';
import type { Query } from './request-target.ts';
import type { SourceClock } from './source-clock.ts';
import { toTql, type Selection } from './tql.ts';

export type SourceOptions = HttpOptions & {
  /** A record that is larger is not held: it is handed on cut. */
  maxBodyBytes: number;
};

export type Owner = { id: string; name: string };

/** Takes the records of one piece of a body; the next piece is read when it is done. */
export type RecordsHandler = (records: RawRecord[], requestedAtMs: number) => Promise<void>;

const OWNERS_PAGE = 500;

/** The indicators and owners that an API user of one ThreatConnect instance can see. */
export class ThreatConnect {
  readonly url: string;
  readonly #http: ThreatConnectHttp;
  readonly #maxBodyBytes: number;

  constructor(options: SourceOptions, clock?: SourceClock) {
    this.url = options.url;
    this.#maxBodyBytes = options.maxBodyBytes;
    this.#http = new ThreatConnectHttp(options, clock);
  }

  get clock(): SourceClock {
    return this.#http.clock;
  }

  /**
   * One page, ascending by id, handed on while it arrives. A page without `next` is the last one; a server
   * may give fewer records than asked for and still have more.
   *
   * @see https://docs.threatconnect.com/en/latest/rest_api/v3/enable_pagination.html
   */
  async page(
    selection: Selection,
    fields: readonly string[],
    limit: number,
    onRecords: RecordsHandler,
    signal: AbortSignal,
  ): Promise<{ records: number; hasNext: boolean }> {
    const query: Query = [
      ...toQuery(selection),
      ['sorting', 'id asc'],
      ['resultLimit', String(limit)],
      ...fields.map((field) => ['fields', field] as const),
    ];
    const answer = await this.#http.get('/v3/indicators', query, signal);
    let found: RawRecord[] = [];
    let records = 0;
    const scanner = new RecordScanner((record) => found.push(record), this.#maxBodyBytes);
    const scan = <T>(step: () => T): T => named(answer.request, step);
    for await (const piece of answer.body) {
      scan(() => scanner.push(piece));
      if (found.length === 0) continue;
      const batch = found;
      found = [];
      records += batch.length;
      await onRecords(batch, answer.requestedAtMs);
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

  /**
   * How many indicators match.
   * @see https://docs.threatconnect.com/en/latest/rest_api/v3/return_count.html
   */
  async count(selection: Selection, signal: AbortSignal): Promise<number> {
    const query: Query = [...toQuery(selection), ['resultLimit', '1'], ['count', 'true']];
    const { request, envelope } = await this.#json('/v3/indicators', query, signal);
    if (typeof envelope.count !== 'number') {
      throw new SourceContractError(`${request}: \`count\` is missing`);
    }
    return envelope.count;
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

  /** An answer that is short and holds no id that a number cannot hold. */
  async #json(
    path: string,
    query: Query,
    signal: AbortSignal,
  ): Promise<{ request: string; envelope: Record<string, unknown> }> {
    const { request, body } = await this.#http.get(path, query, signal);
    const pieces: Buffer[] = [];
    for await (const piece of body) pieces.push(piece);
    const text = Buffer.concat(pieces).toString();
    let parsed: unknown;
    try {
      parsed = JSON.parse(text);
    } catch (error) {
      throw new SourceContractError(`${request}: the body is not JSON`, { cause: error });
    }
    return { request, envelope: checkEnvelope(parsed, request) };
  }
}

const OwnersData = z.array(z.looseObject({ id: z.number().int(), name: z.string() }));

function toQuery(selection: Selection): Query {
  const tql = toTql(selection);
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
