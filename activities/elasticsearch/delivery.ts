import type { Client } from '@elastic/elasticsearch';
import {
  SinkBusyError,
  SinkMisconfiguredError,
  SinkOverloadedError,
  SinkTooLargeError,
  SinkUnavailableError,
} from '../../contracts/errors.ts';
import type { Waiting } from '../attempt/waiting.ts';
import { BackOff } from './back-off.ts';
import type { Refusal } from './bulk-item.ts';
import { sendBulk, type BulkDocument, type BulkTarget } from './bulk-request.ts';

export type DeliveryOptions = BulkTarget & {
  /**
   * Finds documents that the target should accept, such as the newest that it holds. They are sent once more, and may
   * be written. Called only if no other document was accepted yet.
   */
  findWitnesses: () => Promise<readonly BulkDocument[]>;
  waiting: Waiting;
};

/** The outcome of documents that were sent. */
export type Delivered<T> = {
  created: number;
  /** Answered with 409. */
  conflicts: T[];
  rejects: { document: T; reason: string }[];
};

/** Documents that a request has not settled, and why; `isWhole` if the request was refused as a whole. */
type Left<T> = { documents: T[]; refusals: Refusal[]; isWhole: boolean; taken: number };

/**
 * How long a document is tried before it is set aside, about ten times. Only a document that is refused all this time,
 * while others are accepted, is at fault.
 */
const DOUBT_MS = 30_000;
/**
 * The same time, if a later attempt hardly changes the answer, or if another document has already been tried for the full
 * time.
 */
const LITTLE_DOUBT_MS = 4_000;

/** After so many refusals as a whole, documents are sent in halves. */
const WHOLE_REFUSALS = 2;

/**
 * Number of groups that may be refused before any document was accepted: ten from a thousand documents down to one, and
 * ten more.
 */
const EARLY_GROUPS_MAX = 20;

/**
 * Sends documents until each is created, in conflict, or set aside.
 *
 * No list can say which statuses are a document's own fault. The evidence is whether other documents are accepted. If
 * others are accepted, again and again, while a document is refused, it is set aside. If they are not, it is an outage
 * or a wrong configuration, and the attempt fails. Documents of a request that is refused as a whole, or breaks the
 * connection, are sent in halves, down to one document.
 *
 *     request ─┬─ accepted
 *        ▲     └─ refused ─► are others accepted now? ─┬─ no ─► the attempt fails
 *        │                                             │
 *        ├─ halves ◄─ as a whole ──────────────────────┤ yes
 *        └─ back off ◄─────────────────────────────────┴─► half a minute of this: set aside
 */
export class Delivery<T extends BulkDocument> {
  readonly #sink: Client;
  readonly #options: DeliveryOptions;
  /** The smallest document that was accepted. */
  #witness: BulkDocument | null = null;
  #hasSetAside = false;

  constructor(sink: Client, options: DeliveryOptions) {
    this.#sink = sink;
    this.#options = options;
  }

  /** @throws the sink's error, if the refusals are not about single documents */
  async deliver(documents: readonly T[]): Promise<Delivered<T>> {
    const delivered: Delivered<T> = { created: 0, conflicts: [], rejects: [] };
    const groups = [documents];
    let early = 0;
    for (let group = groups.shift(); group !== undefined; group = groups.shift()) {
      const { documents: rest, refusals, isWhole } = await this.#try(group, delivered);
      if (rest.length === 0) continue;
      const isHalved = isWhole && rest.length > 1;
      if (this.#witness === null) {
        early += 1;
        const isLast = groups.length === 0 && !isHalved;
        if (isLast || early === EARLY_GROUPS_MAX) throw errorOf(refusals);
      }
      // the halves first: if one of them is accepted, it is the evidence for the groups that could not be judged
      if (isHalved) groups.unshift(...halves(rest));
      else groups.push(rest);
    }
    return delivered;
  }

  /** @returns the documents that cannot be judged yet, or must be sent in halves */
  async #try(group: readonly T[], delivered: Delivered<T>): Promise<Left<T>> {
    const { waiting, signal } = this.#options;
    const patience = new BackOff(waiting, signal);
    let doubt: BackOff | null = null;
    let left = await this.#send(group, delivered);
    for (let refused = 1; left.documents.length > 0; refused += 1) {
      const { documents, refusals, isWhole, taken } = left;
      const busy = refusals.find(({ kind }) => kind === 'busy');
      if (busy !== undefined) await patience.wait(busy.error);
      else {
        const isLarge = refusals.some(({ error }) => error instanceof SinkTooLargeError);
        const isOne = documents.length === 1;
        if (isLarge && !isOne) return left;
        const areOthersTaken = taken > 0 || (await this.#isWitnessTaken());
        if (areOthersTaken === false) throw errorOf(refusals);
        if (areOthersTaken === null) return left;
        if (isWhole && !isOne && refused >= WHOLE_REFUSALS) return left;
        doubt ??= new BackOff(waiting, signal, this.#doubtMs(refusals));
        if (isLarge || !(await doubt.mayWait())) return this.#setAside(left, delivered);
      }
      left = await this.#send(documents, delivered);
    }
    return left;
  }

  #doubtMs(refusals: readonly Refusal[]): number {
    const isLittle = this.#hasSetAside || !refusals.some(({ mayPass }) => mayPass);
    return isLittle ? LITTLE_DOUBT_MS : DOUBT_MS;
  }

  #setAside({ documents, refusals, ...left }: Left<T>, { rejects }: Delivered<T>): Left<T> {
    this.#hasSetAside = true;
    documents.forEach((document, index) =>
      rejects.push({ document, reason: (refusals[index] as Refusal).reason }),
    );
    return { ...left, documents: [], refusals: [] };
  }

  /** Sends one request and sorts its outcomes. */
  async #send(documents: readonly T[], delivered: Delivered<T>): Promise<Left<T>> {
    const left: Left<T> = { documents: [], refusals: [], isWhole: false, taken: 0 };
    let outcomes;
    try {
      outcomes = await sendBulk(this.#sink, this.#options, documents);
    } catch (error) {
      const refusal = toRefusal(error);
      const refusals = documents.map(() => refusal);
      return { ...left, documents: [...documents], refusals, isWhole: true };
    }
    outcomes.forEach((outcome, index) => {
      const document = documents[index] as T;
      if (outcome.kind === 'rejected') {
        delivered.rejects.push({ document, reason: outcome.reason });
      } else if (outcome.kind === 'created' || outcome.kind === 'conflict') {
        left.taken += 1;
        this.#remember(document);
        if (outcome.kind === 'created') delivered.created += 1;
        else delivered.conflicts.push(document);
      } else {
        left.documents.push(document);
        left.refusals.push(outcome);
      }
    });
    return left;
  }

  #remember({ id, source }: BulkDocument): void {
    const isSmaller = source.length < (this.#witness?.source.length ?? Infinity);
    if (isSmaller) this.#witness = { id, source };
  }

  /** True if the target now accepts a document that is known to be sound; `null` if no such document is known. */
  async #isWitnessTaken(): Promise<boolean | null> {
    const known = this.#witness === null ? await this.#options.findWitnesses() : [this.#witness];
    if (known.length === 0) return null;
    for (const witness of known) {
      if (!(await this.#isTaken(witness))) continue;
      this.#witness = witness;
      return true;
    }
    return false;
  }

  async #isTaken(document: BulkDocument): Promise<boolean> {
    try {
      const [outcome] = await sendBulk(this.#sink, this.#options, [document]);
      return outcome?.kind === 'created' || outcome?.kind === 'conflict';
    } catch (error) {
      toRefusal(error);
      return false;
    }
  }
}

/**
 * Turns the failure of a whole request into a refusal of its documents.
 * @throws the error, if it says nothing about the documents: the credentials, a cancellation, a bug
 */
function toRefusal(error: unknown): Refusal {
  if (error instanceof SinkTooLargeError) {
    const reason = 'larger than Elasticsearch or a proxy accepts (413)';
    return { kind: 'doubtful', error, reason, mayPass: false };
  }
  if (error instanceof SinkOverloadedError || error instanceof SinkBusyError) {
    return { kind: 'busy', error, reason: error.message, mayPass: true };
  }
  if (error instanceof SinkUnavailableError) {
    // if the error says when to come back, it is not about the documents
    const kind = error.retryAfterMs === null ? 'doubtful' : 'busy';
    return { kind, error, reason: error.message, mayPass: true };
  }
  if (error instanceof SinkMisconfiguredError) {
    return { kind: 'doubtful', error, reason: error.message, mayPass: false };
  }
  throw error;
}

/** The error with which the attempt fails. */
function errorOf([first]: readonly Refusal[]): Error {
  return (first as Refusal).error;
}

function halves<T>(documents: readonly T[]): [T[], T[]] {
  const half = Math.ceil(documents.length / 2);
  return [documents.slice(0, half), documents.slice(half)];
}
