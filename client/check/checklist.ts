import { failedBy } from './advice.ts';
import { skipped, type Outcome, type Step } from './step.ts';

/** What is known of a step before it is taken. */
export type Head = {
  name: string;
  /** Stands for the step where it is skipped: `whether a worker polls`. */
  subject: string;
  /** Why others are skipped where it fails: `no worker polls`. */
  trouble: string;
  /** Names of the steps without which it makes no sense. */
  needs: readonly string[];
};

/** Takes steps one after the other and goes on as far as it can: a step is left out only for one that it needs. */
export class Checklist {
  readonly #steps: Step[] = [];
  readonly #onStep: (step: Step) => void;
  /** Of each step that failed or was skipped: why others are skipped. */
  readonly #troubles = new Map<string, string>();

  constructor(onStep: (step: Step) => void) {
    this.#onStep = onStep;
  }

  get steps(): readonly Step[] {
    return this.#steps;
  }

  /** Also where it was skipped. */
  hasFailed(name: string): boolean {
    return this.#troubles.has(name);
  }

  async take(head: Head, act: () => Promise<Outcome>): Promise<void> {
    const trouble = head.needs.map((name) => this.#troubles.get(name)).find(isText);
    if (trouble !== undefined) {
      this.skip(head, trouble);
      return;
    }
    const outcome = await act().catch((error: unknown) => failedBy(error, head.subject));
    if (outcome.state === 'failed') this.#troubles.set(head.name, head.trouble);
    this.#add({ name: head.name, ...outcome });
  }

  /** @param trouble ends the sentence "… is skipped, because" */
  skip({ name, subject }: Pick<Head, 'name' | 'subject'>, trouble: string): void {
    this.#troubles.set(name, trouble);
    this.#add({ name, ...skipped(`${subject}, because ${trouble}`) });
  }

  #add(step: Step): void {
    this.#steps.push(step);
    this.#onStep(step);
  }
}

function isText(text: string | undefined): text is string {
  return text !== undefined;
}
