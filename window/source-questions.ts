import type { Instant } from '../contracts/instant.ts';
import type { Owner } from '../contracts/feed.ts';
import type { RunOwners } from '../contracts/window.ts';

/** A part of a window, as the source is asked about it. */
export type Part = { from: Instant | null; to: Instant | null; ownerIds: readonly string[] | null };

/** What the rules of windows ask ThreatConnect about one feed. Each may throw an error of `contracts/errors.ts`. */
export type SourceQuestions = {
  /** Address of the instance. */
  readonly url: string;
  /** The source's clock, as the answers so far have told it. */
  readonly clock: {
    /** False: no answer has told it yet. */
    readonly isSet: boolean;
    /** The source's clock less this machine's. */
    readonly offsetMs: number;
    /** Epoch milliseconds. */
    nowMs(): number;
  };
  /** The owners that the account can see. */
  owners(): Promise<Owner[]>;
  /** Records of a part. */
  count(part: Part, owners: RunOwners): Promise<number>;
  /** When the oldest record of a part was last modified; `null`: it has none. */
  oldest(part: Part, owners: RunOwners): Promise<Instant | null>;
  /** Whether pages can begin behind an id. */
  takesIdRange(): Promise<boolean>;
  /** The feed's fields of what is associated, if the account may not ask for them; else none. */
  refusedFields(part: Part, owners: RunOwners): Promise<readonly string[]>;
  /** Types of the feed of which no indicator is known: slips of the pen, perhaps. */
  absentTypes(): Promise<string[]>;
};
