import { randomBytes } from 'node:crypto';

import { type Pipeline } from '../ingest/pipeline.ts';
import { type JsonObject } from '../json/exact.ts';
import { Lifecycles } from '../lifecycle/state.ts';
import { SimClock } from '../sim/clock.ts';
import { Counters } from '../sim/counters.ts';
import { Faults } from '../sim/faults.ts';
import { type Alias, type Index } from './index.ts';
import { type Mapping } from './mapping.ts';
import { PointsInTime } from './points-in-time.ts';
import { type Settings } from './settings.ts';
import { Tasks } from './tasks.ts';
import { type Flavour, isAtLeast } from './version.ts';

/** A data stream. It writes to the last of its indices. */
export interface DataStream {
  readonly name: string;
  readonly indices: Index[];
  readonly hidden: boolean;
  readonly meta: JsonObject | null;
  readonly aliases: Map<string, Alias>;
  generation: number;
  /** How long its documents are kept; `null`: it has no lifecycle. */
  lifecycle: JsonObject | null;
  /** After a lazy rollover: the next write rolls over first. */
  rolloverOnWrite: boolean;
  /** What a request has set for this stream alone; it comes before the template. */
  overrides: { settings: Settings; mapping: Mapping };
  /** It was on in the template of the stream when the stream was created. */
  readonly hasFailureStore: boolean;
}

/** A component or index template as it was put. Its parts are parsed when they are composed. */
export type Template = JsonObject;

export interface Policy {
  readonly version: number;
  readonly modifiedMs: number;
  readonly policy: JsonObject;
}

/** The whole state of the server. */
export class Cluster {
  readonly name = 'stand-in';
  readonly uuid = randomBytes(16).toString('base64url');
  readonly nodeId = randomBytes(16).toString('base64url');
  readonly version: string;
  readonly flavour: Flavour;
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
   * Where a transform looks for the newest document of a key: in the whole source, or, like servers before
   * elasticsearch#142856, only in the documents since the last checkpoint.
   */
  transformMode: 'history' | 'window' = 'history';

  /** @param version such as `8.19.0` */
  constructor(version: string, flavour: Flavour = 'stack') {
    this.version = version;
    this.flavour = flavour;
    this.startedMs = this.clock.nowMs();
    this.lifecycles = new Lifecycles(this.startedMs);
  }

  /** True if the server has what came with a version of the stack. Serverless has all of it. */
  has(version: string): boolean {
    return this.flavour === 'serverless' || isAtLeast(this.version, version);
  }

  dropIndex(index: Index): void {
    this.indices.delete(index.name);
    const stream = index.stream === null ? undefined : this.streams.get(index.stream);
    if (stream !== undefined) stream.indices.splice(stream.indices.indexOf(index), 1);
  }
}
