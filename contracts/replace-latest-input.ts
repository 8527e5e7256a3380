import { z } from 'zod';

/** Input of the workflow `replaceLatest`. */
export const ReplaceLatestInput = z.strictObject({
  /** True: back to the latest index that was replaced last. */
  undo: z.boolean().default(false),
  /** Code of the caller's settings: a worker with other settings does nothing. Unset: any worker may do it. */
  settingsCode: z.string().optional(),
  /** Task of the copy that the run has begun before it continued as new. Serverless does not list tasks. */
  copying: z.string().optional(),
});

/** As a person writes it: every key may be missing. */
export type ReplaceLatestInput = z.input<typeof ReplaceLatestInput>;

/** A latest index and the transform that fills it. */
export type Build = { number: number; index: string; transform: string };

/** What is replaced by what, and how the new one is filled. */
export type Replacement = {
  /**
   * `copy`: the documents are copied; `read`: the transform groups indicators by another key, so that everything is read
   * again; `undo`: the new one is the one that was replaced last, and goes on where it was stopped.
   */
  kind: 'copy' | 'read' | 'undo';
  /** The build that readers see. */
  from: Build;
  to: Build;
  /** When it began, ISO 8601. */
  since: string;
  /** Up to when the old transform had read before the first copy, epoch milliseconds; `null` if it had read nothing. */
  readToMs: number | null;
};

export type PrepareReplacementInput = {
  undo: boolean;
  settingsCode: string | undefined;
  /** Workflow id of the replacement. */
  by: string;
};

/** `all`: every document; `changes`: those that changed since the first copy began. */
export type CopyPart = 'all' | 'changes';

export type StartCopyInput = { replacement: Replacement; part: CopyPart };

/** `isNew`: false if a copy of an earlier attempt still runs. */
export type StartedCopy = { task: string; isNew: boolean };

/** `lost`: Elasticsearch no longer knows the task. */
export type CopyLook = { state: 'running' | 'done' | 'lost'; copied: number; total: number };

/** Up to when the transform had read when it was stopped, epoch milliseconds; `null` if it has read nothing. */
export type StoppedTransform = { readToMs: number | null };

export type CaughtUpInput = { replacement: Replacement; readToMs: number | null };

export type CompareLatestInput = CaughtUpInput;

/** The result of a comparison in which nothing was wrong. */
export type LatestComparison = {
  /** Number of indicators that are in both. */
  equal: number;
  /** Number of indicators that have changed since the old transform was stopped. */
  changed: number;
  /** Number of pairs of owner and type. */
  groups: number;
};

/** A feed, and from when on it is read whole, whole seconds. */
export type FeedToRead = { feed: string; from: string };

/** What a replacement does at the moment. */
type Phase =
  | 'preparing'
  | 'copying'
  | 'reading'
  | 'stopping'
  | 'copying changes'
  | 'catching up'
  | 'comparing'
  | 'swapping'
  | 'finishing';

/** Answer of the query `progress`. */
export type ReplacementProgress = {
  phase: Phase;
  /** `null` until it is decided. */
  replacement: Replacement | null;
  /** Documents of the copy that runs, or ran last. */
  copied: number;
  total: number;
};

export type ReplaceLatestResult = {
  kind: Replacement['kind'];
  /** Index that readers saw before. It is kept for `TCSYNC_KEEP_PREVIOUS`. */
  from: string;
  /** Index that readers see now. */
  to: string;
  /** `null` if everything was read again, so that there was nothing to compare. */
  compared: LatestComparison | null;
};
