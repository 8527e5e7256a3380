import { failedBy } from './advice.ts';
import { skipped, type Outcome, type Step } from './step.ts';

/** Describes a step before it is taken. */
export type Head = {
  name: string;
  /** Names the step if it is skipped: `whether a worker polls`. */
  subject: string;
  /** Why other steps are skipped if this one fails: `no worker polls`. */
  trouble: string;
  /** Names of the steps that must succeed before it. */
  needs: readonly string[];
};

/** Takes steps one after the other. Skips a step only if a step that it needs has failed or was skipped. */
export class Checklist {
  readonly #steps: Step[] = [];
  readonly #onStep: (step: Step) => void;
  /** For each step that failed or was skipped: why the steps that need it are skipped. */
  readonly #troubles = new Map<string, string>();

  constructor(onStep: (step: Step) => void) {
    this.#onStep = onStep;
  }

  get steps(): readonly Step[] {
    return this.#steps;
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

  /** @param trouble completes the sentence "… is skipped, because" */
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
