import { randomBytes, randomUUID } from 'node:crypto';

import { type Pipeline } from '../ingest/pipeline.ts';
import { type JsonObject } from '../json/exact.ts';
import { Lifecycles } from '../lifecycle/state.ts';
import { SimClock } from '../sim/clock.ts';
import { Counters } from '../sim/counters.ts';
import { Faults } from '../sim/faults.ts';
import { type Alias, type Index } from './index.ts';
import { PointsInTime } from './points-in-time.ts';
import { Tasks } from './tasks.ts';

/** A data stream; the last of its indices takes the writes. */
export interface DataStream {
  readonly name: string;
  readonly indices: Index[];
  readonly hidden: boolean;
  readonly allowCustomRouting: boolean;
  readonly meta: JsonObject | null;
  readonly aliases: Map<string, Alias>;
  generation: number;
  /** How long its documents are kept; null: nobody has said. */
  lifecycle: JsonObject | null;
  /** Set by a lazy rollover: the next write rolls over first. */
  rolloverOnWrite: boolean;
}

/** A component or index template as it was put; its parts are parsed when they are composed. */
export type Template = JsonObject;

export interface Policy {
  readonly version: number;
  readonly modifiedMs: number;
  readonly policy: JsonObject;
}

/** Everything that the server knows. */
export class Cluster {
  readonly name = 'stand-in';
  readonly uuid = randomBytes(16).toString('base64url');
  readonly nodeId = randomBytes(16).toString('base64url');
  readonly licenseUid = randomUUID();
  readonly version: string;
  readonly startedMs: number;
  readonly clock = new SimClock();
  readonly counters = new Counters();
  readonly faults = new Faults();
  readonly indices = new Map<string, Index>();
  readonly streams = new Map<string, DataStream>();
  readonly componentTemplates = new Map<string, Template>();
  readonly indexTemplates = new Map<string, Template>();
  readonly pipelines = new Map<string, Pipeline>();
  readonly policies = new Map<string, Policy>();
  readonly lifecycles: Lifecycles;
  readonly tasks = new Tasks();
  readonly pointsInTime = new PointsInTime();
  /**
   * Among what a transform looks for the newest document of a key: all that the source holds, or, as servers did before
   * elasticsearch#142856, only what came in since the last checkpoint.
   */
  transformMode: 'history' | 'window' = 'history';

  /** @param version such as `8.19.0` */
  constructor(version: string) {
    this.version = version;
    this.startedMs = this.clock.nowMs();
    this.lifecycles = new Lifecycles(this.startedMs);
  }

  dropIndex(index: Index): void {
    this.indices.delete(index.name);
    const stream = index.stream === null ? undefined : this.streams.get(index.stream);
    if (stream !== undefined) stream.indices.splice(stream.indices.indexOf(index), 1);
  }

  get major(): number {
    return Number(this.version.split('.')[0]);
  }
}
