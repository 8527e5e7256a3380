import type { Feed, Owner } from '../../contracts/feed.ts';
import type { Instant } from '../../contracts/instant.ts';
import type { RunOwners } from '../../contracts/window.ts';
import type { Part, SourceQuestions } from '../../window/source-questions.ts';
import { absentTypes } from './absent-types.ts';
import { allowsDeepFields, deepFields } from './deep-fields.ts';
import { isOfNobody, toSelection } from './selection.ts';
import type { ThreatConnect } from './threatconnect.ts';

/** One feed at its source. If no owner is visible, there are no records, and no request is sent. */
export class FeedSource implements SourceQuestions {
  readonly #source: ThreatConnect;
  readonly #feed: Feed;
  readonly #signal: AbortSignal;

  constructor(source: ThreatConnect, feed: Feed, signal: AbortSignal) {
    this.#source = source;
    this.#feed = feed;
    this.#signal = signal;
  }

  get url(): string {
    return this.#source.url;
  }

  get clock(): SourceQuestions['clock'] {
    return this.#source.clock;
  }

  owners(): Promise<Owner[]> {
    return this.#source.owners(this.#signal);
  }

  async count(part: Part, owners: RunOwners): Promise<number> {
    const selection = toSelection(this.#feed, part, owners);
    return isOfNobody(selection) ? 0 : this.#source.count(selection, this.#signal);
  }

  async oldest(part: Part, owners: RunOwners): Promise<Instant | null> {
    const selection = toSelection(this.#feed, part, owners);
    return isOfNobody(selection) ? null : this.#source.oldest(selection, this.#signal);
  }

  takesIdRange(): Promise<boolean> {
    return this.#source.takesIdRange(this.#signal);
  }

  async refusedFields(part: Part, owners: RunOwners): Promise<readonly string[]> {
    const selection = toSelection(this.#feed, part, owners);
    const { fields } = this.#feed;
    const areAllowed =
      isOfNobody(selection) ||
      (await allowsDeepFields(this.#source, selection, fields, this.#signal));
    return areAllowed ? [] : deepFields(fields);
  }

  absentTypes(): Promise<string[]> {
    return absentTypes(this.#source, this.#feed, this.#signal);
  }
}
