import { commitBatch } from '../batches.ts';
import type { Pairs } from '../parameters.ts';
import type { Simulator } from '../simulator.ts';
import { toBatch, toScript } from './changes-input.ts';
import { toDamage } from './damages-input.ts';
import { dumpRecords, dumpTruth } from './dumps.ts';
import { ControlError } from './input.ts';
import { SETTINGS } from './settings.ts';

export interface ControlRequest {
  pairs: Pairs;
  /** The parsed body; `{}` if it is empty. */
  body: unknown;
}

type Handler = (simulator: Simulator, request: ControlRequest) => unknown;

/** An answer in NDJSON instead of one JSON value. */
export class Lines {
  readonly lines: Iterable<Buffer>;

  constructor(lines: Iterable<Buffer>) {
    this.lines = lines;
  }
}

/** The state that `GET /_sim/<name>` shows; a POST returns the same. */
const STATES: Readonly<Record<string, (simulator: Simulator) => unknown>> = {
  clock: ({ clock }) => clock.state(),
  credentials: ({ credentials }) => ({ accessId: credentials.accessId }),
  crowds: ({ crowds }) => crowds.state(),
  faults: ({ faults }) => ({ armed: faults.armed, held: faults.held }),
  killers: ({ killers }) => ({ ids: killers.ids.map(String) }),
  owners: ({ store }) => ({ owners: store.owners.list }),
  switches: ({ switches }) => switches,
  users: ({ users }) => ({ accessIds: users.accessIds }),
};

export const HANDLERS: Readonly<Record<string, Handler>> = {
  ...Object.fromEntries(
    Object.entries(STATES).flatMap(([name, state]): [string, Handler][] => [
      [`GET /_sim/${name}`, (simulator) => state(simulator)],
      [
        `POST /_sim/${name}`,
        (simulator, { body }) => {
          SETTINGS[name]?.(simulator, body);
          return state(simulator);
        },
      ],
    ]),
  ),
  'DELETE /_sim/faults': ({ faults }) => {
    faults.clear();
    return { armed: faults.armed, held: faults.held };
  },
  'DELETE /_sim/killers': ({ killers, faults }) => {
    killers.clear();
    faults.release();
    return { ids: [] };
  },
  'DELETE /_sim/crowds': ({ crowds }) => {
    crowds.clear();
    return crowds.state();
  },
  'GET /_sim/truth': ({ store }) => new Lines(dumpTruth(store)),
  'GET /_sim/records': ({ store }, { pairs }) => new Lines(dumpRecords(store, pairs)),
  'GET /_sim/late': ({ late }) => late.state(),
  'POST /_sim/mutate': (simulator, { body }) => {
    const changed = commitBatch(simulator, toBatch(body));
    const shown = changed.map(({ op, id }) => ({ op, id: String(id) }));
    return { changed: shown, late: simulator.late.state().open };
  },
  'GET /_sim/script': ({ scripts }) => scripts.state(),
  'POST /_sim/script': (simulator, { body }) => {
    simulator.scripts.add(toScript(body, simulator));
    return simulator.scripts.state();
  },
  'DELETE /_sim/script': ({ scripts }) => {
    scripts.clear();
    return scripts.state();
  },
  'GET /_sim/damages': ({ damages }) => damagesOf(damages),
  'POST /_sim/damages': ({ damages, store }, { body }) => {
    const { id, damage } = toDamage(body);
    if (store.find(id) === undefined) throw new ControlError(`id ${id} does not exist`);
    damages.add(id, damage);
    return damagesOf(damages);
  },
  'DELETE /_sim/damages': ({ damages }) => {
    damages.clear();
    return damagesOf(damages);
  },
  'GET /_sim/counters': ({ counters }) => counters.state(),
  'POST /_sim/counters/reset': ({ counters }) => {
    counters.reset();
    return counters.state();
  },
};

function damagesOf({ ids }: Simulator['damages']): { ids: string[] } {
  return { ids: ids.map(String) };
}
