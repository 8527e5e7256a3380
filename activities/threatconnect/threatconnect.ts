import { z } from 'zod';
import { SourceBadRequestError, SourceContractError } from '../../contracts/errors.ts';
import type { Owner } from '../../contracts/feed.ts';
import { toInstant, type Instant } from '../../contracts/instant.ts';
import { REAL_WAITING, type Waiting } from '../attempt/waiting.ts';
import { AnswerReader, type RecordsHandler } from './answer-reader.ts';
import type { HttpOptions } from './http.ts';
import { repeated } from './repeat.ts';
import type { Query } from './request-target.ts';
import type { SourceClock } from './source-clock.ts';
import { EVERYTHING, toTql, type Selection } from './tql.ts';

export type SourceOptions = HttpOptions & {
  /** A larger record is not held: it is handed on cut. */
  maxBodyBytes: number;
  waiting?: Waiting;
};

export type PageRequest = {
  /** Optional parts that are requested with each record. */
  fields: readonly string[];
  /** Number of records, 1–10,000. */
  limit: number;
  /** Number of records of the selection to skip. */
  start?: number;
  /** A larger record is handed on cut. */
  recordBytesMax?: number;
};

/** Lists of an indicator's associated objects; `indicators` has only the active ones. */
export type Associated = 'groups' | 'indicators' | 'inactive indicators';

export type AssociatedRequest = {
  list: Associated;
  /** Id of the indicator. */
  id: string;
  /** Optional parts that are requested with each record. */
  fields: readonly string[];
  limit: number;
  /** Only records after this id. */
  afterId: string | null;
  /** Number of records to skip. */
  start: number;
};

const OWNERS_PAGE = 500;

/** The indicators and owners that an API user of one ThreatConnect instance can see. */
export class ThreatConnect {
  readonly url: string;
  readonly #answers: AnswerReader;
  /** A larger record is not held. */
  readonly maxBodyBytes: number;
  readonly #waiting: Waiting;
  #takesIdRange = false;

  constructor(options: SourceOptions, clock?: SourceClock) {
    this.url = options.url;
    this.maxBodyBytes = options.maxBodyBytes;
    this.#waiting = options.waiting ?? REAL_WAITING;
    this.#answers = new AnswerReader(options, clock);
  }

  get clock(): SourceClock {
    return this.#answers.clock;
  }

  /**
   * Reads one page, ascending by id, and hands its records on while they arrive. A page without `next` is the last one;
   * a server may return fewer records than requested and still have more. Records handed on before an error stay.
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
    return this.#answers.records('/v3/indicators', query, bytesMax, onRecords, signal);
  }

  /**
   * True if a page can begin after an id (`id >`). The vendor's rules allow it, but no public client uses it. It asks
   * until the answer is yes.
   */
  async takesIdRange(signal: AbortSignal): Promise<boolean> {
    const afterAny = { ...EVERYTHING, afterId: '0' };
    this.#takesIdRange ||= await this.#isTaken(afterAny, { fields: [], limit: 1 }, signal);
    return this.#takesIdRange;
  }

  /** True if the account may ask for these fields. Some instances leave out forbidden fields without an error. */
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
   * Reads a page of an indicator's associated objects, ascending by id.
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
    return this.#answers.records(path, query, this.maxBodyBytes, onRecords, signal);
  }

  /**
   * Number of indicators that match.
   * @see https://docs.threatconnect.com/en/latest/rest_api/v3/return_count.html
   */
  async count(selection: Selection, signal: AbortSignal): Promise<number> {
    const query: Query = [...toQuery(toTql(selection)), ['resultLimit', '1'], ['count', 'true']];
    const { request, envelope } = await this.#answers.json('/v3/indicators', query, signal);
    const { count, data, next } = envelope;
    if (typeof count === 'number') return count;
    // the vendor's own client accepts an answer without `count`; without `next` the list is complete
    if ((count ?? null) === null && !next) return Array.isArray(data) ? data.length : 0;
    throw new SourceContractError(
      `${request}: \`count\` is ${count === undefined ? 'missing' : 'not a number'}`,
    );
  }

  /**
   * Earliest `lastModified` of the indicators that match; `null` if none matches.
   * @see https://docs.threatconnect.com/en/latest/rest_api/v3/sort_results.html
   */
  async oldest(selection: Selection, signal: AbortSignal): Promise<Instant | null> {
    const query: Query = [
      ...toQuery(toTql(selection)),
      ['sorting', 'lastModified asc'],
      ['resultLimit', '1'],
    ];
    const { request, envelope } = await this.#answers.json('/v3/indicators', query, signal);
    const data = Dated.safeParse(envelope.data);
    if (!data.success) throw new SourceContractError(`${request}: ${z.prettifyError(data.error)}`);
    const [first] = data.data;
    if (first === undefined) return null;
    const ms = Date.parse(first.lastModified?.trim() ?? '');
    return toInstant(Number.isNaN(ms) ? 0 : ms); // without a date it may be the oldest of all
  }

  /**
   * The owners that the API user belongs to.
   * @see https://docs.threatconnect.com/en/latest/rest_api/v3/owners/owners.html
   */
  async owners(signal: AbortSignal): Promise<Owner[]> {
    const owners: Owner[] = [];
    for (;;) {
      const { request, envelope } = await this.#answers.json(
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
    await this.#answers.close();
  }
}

function toAssociatedTql(list: Associated, indicatorId: string): string {
  const has = `hasIndicator(id = ${indicatorId})`;
  return list === 'inactive indicators' ? `indicatorActive = false AND ${has}` : has;
}

const Dated = z.array(z.looseObject({ lastModified: z.string().optional() }));
const OwnersData = z.array(z.looseObject({ id: z.number().int(), name: z.string() }));

function toQuery(tql: string): Query {
  return tql === '' ? [] : [['tql', tql]];
}
