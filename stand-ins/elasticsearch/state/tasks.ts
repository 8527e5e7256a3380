import { type JsonObject } from '../json/exact.ts';

/** A piece of work that somebody did not wait for. The stand-in has always finished it when it answers. */
export interface Task {
  readonly id: number;
  readonly action: string;
  readonly description: string;
  readonly startedMs: number;
  readonly status: JsonObject;
  readonly response: JsonObject;
}

export class Tasks {
  readonly #tasks = new Map<number, Task>();

  add(task: Omit<Task, 'id'>): Task {
    const added = { ...task, id: this.#tasks.size + 1 };
    this.#tasks.set(added.id, added);
    return added;
  }

  get(id: number): Task | null {
    return this.#tasks.get(id) ?? null;
  }
}
