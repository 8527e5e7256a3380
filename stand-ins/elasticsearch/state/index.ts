import { randomBytes } from 'node:crypto';

import { isObject, type JsonObject } from '../json/exact.ts';
import { type LifecycleState } from '../lifecycle/state.ts';
import { Columns } from '../search/columns.ts';
import { resolveField } from '../search/field-types.ts';
import { type SimClock } from '../sim/clock.ts';
import { parseTimeMs } from '../text/time.ts';
import { Documents } from './documents.ts';
import { asObject, type Mapping } from './mapping.ts';
import { type Settings, textSetting } from './settings.ts';

/** An alias of an index or a data stream: `{}` or `{"is_write_index":true}`. */
export type Alias = JsonObject;

const DEFAULT_REFRESH_MS = 1_000;

/** One index with one shard. */
export class Index {
  readonly name: string;
  readonly uuid = randomBytes(16).toString('base64url');
  readonly createdMs: number;
  /** The data stream of a backing index. */
  readonly stream: string | null;
  readonly aliases: Map<string, Alias>;
  readonly documents = new Documents();
  readonly columns: Columns;
  settings: Settings;
  mapping: Mapping;
  /** When another index of its data stream became the write index. */
  rolledOverMs: number | null = null;
  lifecycle: LifecycleState | null = null;
  /** Why the data stream lifecycle could not do its last work. */
  retentionError: JsonObject | null = null;
  readonly #clock: SimClock;
  /** Mappings before requests extended them. */
  readonly #earlier: { readonly mapping: Mapping; readonly untilSeqNo: number }[] = [];
  #settledTick = 0;

  constructor(
    clock: SimClock,
    name: string,
    stream: string | null,
    parts: { settings: Settings; mapping: Mapping; aliases: Map<string, Alias> },
  ) {
    this.#clock = clock;
    this.name = name;
    this.stream = stream;
    this.createdMs = clock.nowMs();
    this.settings = parts.settings;
    this.mapping = parts.mapping;
    this.aliases = parts.aliases;
    this.columns = new Columns(this);
  }

  /** Takes a mapping that a request has extended. It does not change how existing documents are indexed. */
  remap(mapping: Mapping): void {
    this.#earlier.push({ mapping: this.mapping, untilSeqNo: this.documents.nextSeqNo });
    this.mapping = mapping;
  }

  /** Sequence number of the first document that is indexed by a field; runtime fields need no index. */
  mappedSince(field: string): number {
    if (isObject(asObject(this.mapping['runtime'])[field])) return 0;
    const unmapped = this.#earlier.findLast(
      ({ mapping }) => typeof resolveField(mapping, field) === 'string',
    );
    return unmapped?.untilSeqNo ?? 0;
  }

  get isHidden(): boolean {
    return textSetting(this.settings, 'index.hidden') === 'true';
  }

  get replicas(): number {
    return Number(textSetting(this.settings, 'index.number_of_replicas') ?? '1');
  }

  /** Everything written so far becomes visible to searches. */
  refresh(): void {
    this.documents.refresh();
  }

  /**
   * Carries out the periodic refreshes that are due. It has to be called before each write and each search, so that no
   * refresh shows a write too early.
   */
  settle(): void {
    const intervalMs = this.#intervalMs();
    if (intervalMs <= 0) return;
    const tick = Math.floor((this.#clock.nowMs() - this.createdMs) / intervalMs);
    if (tick === this.#settledTick) return;
    this.#settledTick = tick;
    this.refresh();
  }

  #intervalMs(): number {
    const value = textSetting(this.settings, 'index.refresh_interval');
    return value === null ? DEFAULT_REFRESH_MS : parseTimeMs('index.refresh_interval', value);
  }
}
