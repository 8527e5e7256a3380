import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Comparison } from '../../demo/compare.ts';

const SCRIPT = path.join(import.meta.dirname, 'compare-servers.ts');

/** The process that compares both servers. */
export class Comparer {
  readonly #child: ChildProcess;
  readonly #answers: AsyncIterator<string>;

  constructor(sourceUrl: string, elasticsearchUrl: string) {
    this.#child = spawn(process.execPath, [SCRIPT, sourceUrl, elasticsearchUrl], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const { stdout } = this.#child;
    if (stdout === null) throw new Error('the process has no output');
    this.#answers = createInterface({ input: stdout })[Symbol.asyncIterator]();
  }

  /** Nobody may write at the same time. */
  async compare(): Promise<Comparison> {
    this.#child.stdin?.write('compare\n');
    const { value, done } = await this.#answers.next();
    if (done === true) throw new Error('the process that compares has ended');
    return JSON.parse(value) as Comparison;
  }

  async close(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const exit = once(this.#child, 'exit');
    this.#child.stdin?.end();
    await exit;
  }
}
