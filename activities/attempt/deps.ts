import type { Client } from '@elastic/elasticsearch';
import type { ProgramConfig } from '../../config/config.ts';
import type { Feed } from '../../contracts/feed.ts';
import type { ComparedSettings } from '../../contracts/settings-code.ts';
import type { Server } from '../elasticsearch/server-info.ts';
import { BadInputError } from '../../contracts/errors.ts';
import type { InFlight } from '../page/bytes-in-flight.ts';
import type { ThreatConnect } from '../threatconnect/threatconnect.ts';
import type { TemporalQuestions } from '../temporal/temporal.ts';
import type { PagePriority } from '../page/page-priority.ts';
import type { Waiting } from './waiting.ts';

export type Settings = ProgramConfig;

/** The collaborators of the activities; `worker/main.ts` builds them. */
export type Deps = {
  source: ThreatConnect;
  sink: Client;
  /** Elasticsearch with the key that may change assets; `sink` itself if there is no such key. */
  installer: Client;
  /** Version and flavour of the server behind `sink`; asked once. Refuses a version that is too old. */
  server: (signal: AbortSignal) => Promise<Server>;
  /** Asks about other runs. */
  temporal: TemporalQuestions;
  /** Limit for the bytes of records under way. */
  inFlight: InFlight;
  /** The order in which pages are processed. */
  priority: PagePriority;
  /** Sleep and randomness; tests replace them. */
  waiting: Waiting;
  feeds: readonly Feed[];
  settings: Settings;
  /** The settings that the command line compares with its own. */
  compared: ComparedSettings;
};

/** @throws {BadInputError} that names the configured feeds */
export function findFeed(feeds: readonly Feed[], name: string): Feed {
  const feed = feeds.find((candidate) => candidate.name === name);
  if (feed !== undefined) return feed;
  const names = feeds.map((candidate) => candidate.name).join(', ');
  throw new BadInputError(`no feed is called "${name}"; configured: ${names}`);
}
