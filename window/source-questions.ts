import type { Instant } from '../contracts/instant.ts';
import type { Owner } from '../contracts/feed.ts';
import type { RunOwners } from '../contracts/window.ts';

/** The part of a window that a question is about. */
export type Part = { from: Instant | null; to: Instant | null; ownerIds: readonly string[] | null };

/**
 * The questions that the rules of windows ask ThreatConnect about one feed. Each may throw an error of
 * `contracts/errors.ts`.
 */
export type SourceQuestions = {
  /** Address of the instance. */
  readonly url: string;
  /** The source's clock, as the answers so far gave it. */
  readonly clock: {
    /** False if no answer has given it yet. */
    readonly isSet: boolean;
    /** The source's clock minus this machine's. */
    readonly offsetMs: number;
    /** Epoch milliseconds. */
    nowMs(): number;
  };
  /** The owners that the account can see. */
  owners(): Promise<Owner[]>;
  /** Number of records in a part. */
  count(part: Part, owners: RunOwners): Promise<number>;
  /** Time of the last modification of the oldest record of a part; `null` if the part is empty. */
  oldest(part: Part, owners: RunOwners): Promise<Instant | null>;
  /** True if a page can begin after an id (`id >`). */
  takesIdRange(): Promise<boolean>;
  /** Fields of associated objects that the feed reads and the account may not ask for. */
  refusedFields(part: Part, owners: RunOwners): Promise<readonly string[]>;
  /** Types of the feed that no indicator has; they may be misspelled. */
  absentTypes(): Promise<string[]>;
};
