import type { Simulator } from '../simulator.ts';
import { toCrowd } from './crowds-input.ts';
import { toArmedFault } from './faults-input.ts';
import { ControlError, toFields } from './input.ts';
import { toKiller } from './killers-input.ts';
import { setClock, setCredentials, setOwners } from './settings-input.ts';
import { setSwitches } from './switches-input.ts';
import { toUser } from './users-input.ts';

type Setting = (simulator: Simulator, body: unknown) => void;

/** The settings of `POST /_sim/<name>`, of a script's `do` and of the option `--sim`. */
export const SETTINGS: Readonly<Record<string, Setting>> = {
  clock: ({ clock }, body) => setClock(clock, body),
  credentials: ({ credentials }, body) => setCredentials(credentials, body),
  crowds: ({ crowds, store }, body) => {
    const { id, crowd } = toCrowd(body, store);
    crowds.add(id, crowd);
  },
  faults: ({ faults }, body) => faults.arm(toArmedFault(body)),
  killers: ({ killers, store }, body) => {
    const { id, killer } = toKiller(body, store);
    killers.add(id, killer);
  },
  owners: ({ store }, body) => setOwners(store.owners, body),
  switches: ({ switches }, body) => setSwitches(switches, body),
  users: ({ users, store }, body) => users.add(toUser(body, store.owners)),
};

/** `{"switches":{…},"owners":{…}}`: several settings, in the order in which they are written. */
export function toSettings(value: unknown, what: string): (simulator: Simulator) => void {
  const entries = Object.entries(toFields(value, what, Object.keys(SETTINGS)));
  if (entries.length === 0) throw new ControlError(`${what} must name a setting`);
  return (simulator) => {
    for (const [name, body] of entries) SETTINGS[name]?.(simulator, body);
  };
}
