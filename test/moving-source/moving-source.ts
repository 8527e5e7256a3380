import type { Control } from '../../stand-ins/control.ts';
import { LATE_SECONDS_MAX, type SourceStep } from './source-steps.ts';

/** What exists at the source: a line of its own list. */
export type Truth = {
  /** Exact digits. */
  id: string;
  type: string;
  summary: string;
  ownerName: string;
  lastModified: string;
  active: boolean;
  deleted: boolean;
};

type Change = { op: string; id?: string; silent?: boolean; set?: object; record?: object };
type Owner = { id: number; name: string; visible: boolean };

const OWNERS = 3;
const SECOND_MS = 1_000;
/** Far behind the worker's clock, and never ahead of it: ThreatConnect's time is corrected by up to two days. */
const BEHIND_MS = 40 * 3_600_000;
/** Longer than any commit is late, and longer than the safety lag. */
const QUIET_SECONDS = 60;
const PLACES = 8;

/**
 * A ThreatConnect instance whose indicators change all the time. Its clock stands still until a step moves it, so that
 * a story has the same result each time. Every change that moves `lastModified` gives the indicator a new revision,
 * which stands in its description: two changes of one second differ by it.
 */
export class MovingSource {
  readonly #control: Control;
  #made = 0;
  /** Indicators that an open transaction holds, with the time of its commit. */
  readonly #held = new Map<string, number>();
  /** Indicators that a waiting script is to change. */
  readonly #scripted = new Set<string>();
  #isSkewed = false;
  /** Indicators that may become visible, or be stamped, below a watermark: late ones, and those after a step back. */
  readonly late = new Set<string>();

  constructor(control: Control) {
    this.#control = control;
  }

  /**
   * Ends all earlier indicators, and creates new ones within some seconds.
   * @returns the source's time before the first of them, epoch milliseconds
   */
  async begin(records: number): Promise<number> {
    const { mode } = await this.#control.get<{ mode: string }>('/_sim/clock');
    if (mode !== 'fixed') {
      const second = Math.floor((Date.now() - BEHIND_MS) / SECOND_MS) * SECOND_MS;
      await this.#control.post('/_sim/clock', { nowMs: second });
    }
    await this.quiet();
    const old = await this.live();
    await this.#mutate(old.map(({ id }) => ({ op: 'delete', id })));
    this.late.clear();
    this.#isSkewed = false;
    await this.#wait(QUIET_SECONDS);
    const beganMs = (await this.nowMs()) - SECOND_MS;
    for (let made = 0; made < records; made += 5) {
      const changes = await this.#create(Math.min(5, records - made), made);
      await this.#mutate(changes);
      await this.#wait(3);
    }
    await this.#wait(10);
    return beganMs;
  }

  /** Shows all owners, commits what is late, and lets the last change grow older than the safety lag. */
  async quiet(): Promise<void> {
    await this.endScripts();
    for (const { name } of (await this.owners()).filter(({ visible }) => !visible)) {
      await this.#control.post('/_sim/owners', { show: name });
    }
    await this.#control.post('/_sim/switches', { maxLimit: 10_000, overLimit: 'refuse' });
    await this.#wait(QUIET_SECONDS);
  }

  /** @param behindPage changes the source behind this page from now on, before any other request; `null`: at once */
  async do(step: SourceStep, behindPage: number | null = null): Promise<void> {
    if (behindPage !== null) return this.#script(step, behindPage);
    const setting = await this.#setting(step);
    if (setting !== null) {
      for (const [name, body] of Object.entries(setting)) {
        await this.#control.post(`/_sim/${name}`, body);
      }
      return;
    }
    await this.#mutate(await this.#changes(step), lateMsOf(step));
    if (step.do === 'late') await this.#wait(Math.min(step.waits, step.seconds - 1));
  }

  /** @param records that a page has at most from now on, whatever is asked for */
  async cap(records: number): Promise<void> {
    await this.#control.post('/_sim/switches', { maxLimit: records, overLimit: 'cap' });
  }

  /** Scripts whose page never came are dropped. */
  async endScripts(): Promise<void> {
    await this.#control.delete('/_sim/script');
    const heldMs = (await this.nowMs()) + LATE_SECONDS_MAX * SECOND_MS;
    for (const id of this.#scripted) this.#held.set(id, heldMs); // some of them may be late
    this.#scripted.clear();
  }

  /** The live indicators, also those of hidden owners, by id. */
  async live(): Promise<Truth[]> {
    const all = await this.#control.lines<Truth>('/_sim/truth');
    return all.filter(({ active, deleted }) => active && !deleted);
  }

  async owners(): Promise<Owner[]> {
    return (await this.#control.get<{ owners: Owner[] }>('/_sim/owners')).owners;
  }

  async nowMs(): Promise<number> {
    return (await this.#control.get<{ nowMs: number }>('/_sim/clock')).nowMs;
  }

  async #wait(seconds: number): Promise<void> {
    await this.#control.post('/_sim/clock', { advanceMs: seconds * SECOND_MS });
  }

  /** What a step sets at the source; `null` if it changes indicators. */
  async #setting(step: SourceStep): Promise<Record<string, object> | null> {
    if (step.do === 'wait') return { clock: { advanceMs: step.seconds * SECOND_MS } };
    if (step.do === 'owner') return { owners: await this.#ownerSetting(step.which) };
    if (step.do !== 'back') return null;
    // once a story, so that the steps back do not add up
    const seconds = this.#isSkewed ? 0 : step.seconds;
    this.#isSkewed = true;
    return { clock: { advanceMs: -seconds * SECOND_MS } };
  }

  async #script(step: SourceStep, afterPage: number): Promise<void> {
    const setting = await this.#setting(step);
    if (setting !== null) {
      return this.#control.post('/_sim/script', { afterPage, do: setting });
    }
    const changes = await this.#changes(step);
    for (const { id } of changes) if (id !== undefined) this.#scripted.add(id);
    const commitAfterMs = lateMsOf(step);
    await this.#control.post('/_sim/script', { afterPage, changes, commitAfterMs });
  }

  /** The changes of a step, to indicators that nobody else changes. */
  async #changes(step: SourceStep): Promise<Change[]> {
    const nowMs = await this.nowMs();
    const free = (await this.live()).filter(
      ({ id }) => !this.#scripted.has(id) && (this.#held.get(id) ?? 0) < nowMs,
    );
    const at = (index: number) => free[index % free.length];
    const some = (which: readonly number[]) =>
      [...new Set(which.map(at))].filter((found) => found !== undefined);
    switch (step.do) {
      case 'update':
        return this.#note(some(step.which).map(({ id }) => this.#update(id)));
      case 'create':
        return this.#note(await this.#create(step.count, step.place));
      case 'late': {
        const [found] = some([step.which]);
        const [created] = await this.#create(1, step.which);
        const change = step.create || found === undefined ? created : this.#update(found.id);
        if (change === undefined) return [];
        const id = change.id ?? idOf(change);
        this.late.add(id);
        this.#held.set(id, nowMs + step.seconds * SECOND_MS);
        return [change];
      }
      case 'end':
        return some([step.which]).map(({ id }) => ({ op: step.how, id }));
      case 'again':
        return (
          await Promise.all(some(step.which).map((found) => this.#again(found, step.owner)))
        ).flat();
      case 'score':
        return some(step.which).map(({ id }) => ({
          op: 'update',
          silent: true,
          id,
          set: { threatAssessScore: 100 + (this.#made += 1) },
        }));
      default:
        return [];
    }
  }

  #note(changes: Change[]): Change[] {
    if (this.#isSkewed) for (const change of changes) this.late.add(change.id ?? idOf(change));
    return changes;
  }

  /** Deletes a value and creates it under a new id, perhaps in another owner. */
  async #again(found: Truth, owner: number): Promise<Change[]> {
    const names = (await this.owners()).slice(0, OWNERS).map(({ name }) => name);
    const ownerName = names[owner % names.length] ?? found.ownerName;
    const isTaken = (await this.live()).some(
      (other) =>
        other.id !== found.id && other.summary === found.summary && other.ownerName === ownerName,
    );
    if (isTaken) return [];
    const { type, summary } = found;
    const id = this.#newId(this.#made);
    return [
      { op: 'delete', id: found.id },
      ...this.#note([
        { op: 'create', record: { id, type, summary, ownerName, ...this.#revision() } },
      ]),
    ];
  }

  async #create(count: number, place: number): Promise<Change[]> {
    const owners = (await this.owners()).slice(0, OWNERS);
    return Array.from({ length: count }, (_, index) => {
      const id = this.#newId(place + index);
      const number = this.#made;
      const type = number % 4 === 1 ? 'Host' : 'Address';
      const summary =
        type === 'Host'
          ? `h${number}.example`
          : `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`;
      const ownerName = owners[number % owners.length]?.name;
      return { op: 'create', record: { id, type, summary, ownerName, ...this.#revision() } };
    });
  }

  #update(id: string): Change {
    return { op: 'update', id, set: this.#revision() };
  }

  #revision(): { description: string } {
    return { description: `revision ${(this.#made += 1)}` };
  }

  /** A new id is not always the highest, and half of them exceed 2^53. */
  #newId(place: number): string {
    const number = BigInt((this.#made += 1));
    const base = BigInt(1 + (place % PLACES)) * 1_000_000n;
    return String(place % 2 === 0 ? base + number : 2n ** 53n + base + number);
  }

  async #ownerSetting(which: number): Promise<object> {
    const owners = (await this.owners()).slice(0, OWNERS);
    const hidden = owners.find(({ visible }) => !visible);
    if (hidden !== undefined) return { show: hidden.name };
    return { hide: owners[which % owners.length]?.name };
  }

  async #mutate(changes: readonly Change[], commitAfterMs = 0): Promise<void> {
    if (changes.length === 0) return;
    await this.#control.post('/_sim/mutate', { changes, commitAfterMs });
  }
}

function lateMsOf(step: SourceStep): number {
  return step.do === 'late' ? step.seconds * SECOND_MS : 0;
}

function idOf({ record }: Change): string {
  return (record as { id: string }).id;
}
