import type { Clock } from './clock.ts';
import type { Counters } from './counters.ts';
import type { Credentials } from './credentials.ts';
import type { Crowds } from './crowds.ts';
import type { Damages } from './damages.ts';
import type { Faults } from './faults.ts';
import type { Groups } from './groups.ts';
import type { Killers } from './killers.ts';
import type { LateCommits } from './late-commits.ts';
import type { RecordStore } from './record-store.ts';
import type { Scripts } from './scripts.ts';
import type { Orders } from './sorting.ts';
import type { Switches } from './switches.ts';
import type { Users } from './users.ts';

/** Where the API is. */
export interface Site {
  scheme: 'http' | 'https';
  /** Path before `/v3`; signatures include it. */
  basePath: string;
}

/** The state of one server. It can only be reached over HTTP. */
export interface Simulator {
  readonly site: Site;
  readonly clock: Clock;
  readonly store: RecordStore;
  readonly orders: Orders;
  readonly faults: Faults;
  readonly damages: Damages;
  readonly killers: Killers;
  readonly crowds: Crowds;
  readonly groups: Groups;
  readonly late: LateCommits;
  readonly users: Users;
  readonly scripts: Scripts;
  readonly counters: Counters;
  readonly credentials: Credentials;
  readonly switches: Switches;
}
