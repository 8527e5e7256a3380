import { type JsonObject } from '../json/exact.ts';

/** The work of a request that nobody waits for. It is done already; it only says so later, if a test wants that. */
interface Task {
  readonly action: string;
  readonly description: string;
  readonly response: JsonObject;
  /** Number of times that somebody is still told that it runs. */
  looksLeft: number;
}

/** Tasks by their numbers, from 1 on. */
export class Tasks {
  readonly #tasks = new Map<number, Task>();
  #count = 0;
  /** Of tasks that begin from now on: how often they are shown as running. */
  looks = 0;

  add(what: Pick<Task, 'action' | 'description'>, response: JsonObject): number {
    this.#count += 1;
    this.#tasks.set(this.#count, { ...what, response, looksLeft: this.looks });
    return this.#count;
  }

  /** As `GET _tasks/<id>` and, while it runs, `GET _tasks` show it; `null` if there is none. */
  look(number: number, node: string): JsonObject | null {
    const task = this.#tasks.get(number);
    if (task === undefined) return null;
    const shown = show(task, node, number);
    task.looksLeft -= 1;
    return task.looksLeft >= 0
      ? { completed: false, task: shown }
      : { completed: true, task: shown, response: task.response };
  }

  /** Those that still run. */
  running(node: string): JsonObject[] {
    return [...this.#tasks].flatMap(([number, task]) =>
      task.looksLeft > 0 ? [show(task, node, number)] : [],
    );
  }

  /** As if the node of the tasks had been lost. */
  forget(): void {
    this.#tasks.clear();
  }
}

function show({ action, description, response }: Task, node: string, id: number): JsonObject {
  const counted = ['total', 'created', 'updated', 'deleted', 'batches', 'version_conflicts'];
  const status = counted.flatMap((name) => (name in response ? [[name, response[name]]] : []));
  return {
    node,
    id,
    type: 'transport',
    action,
    status: Object.fromEntries(status) as JsonObject,
    description,
  };
}
