import assert from 'node:assert/strict';
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { until } from '../stage.ts';
import { TCSYNC } from '../tcsync.ts';

/** A running command, and its output so far. */
export class Following {
  readonly stdout: Promise<string>;
  said = '';
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  readonly #exit: Promise<unknown[]>;

  constructor(args: readonly string[], env: NodeJS.ProcessEnv) {
    this.#child = spawn(process.execPath, [TCSYNC, ...args], {
      cwd: tmpdir(),
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.stdout = text(this.#child.stdout);
    this.#child.stderr.setEncoding('utf8').on('data', (chunk: string) => (this.said += chunk));
    this.#exit = once(this.#child, 'exit');
  }

  async says(pattern: RegExp): Promise<void> {
    await until(`it says ${pattern.source}`, async () => {
      if (this.#child.exitCode !== null) assert.match(this.said, pattern);
      return pattern.test(this.said);
    });
  }

  async ends(): Promise<number | null> {
    return (await this.#exit)[0] as number | null;
  }

  async detach(): Promise<number | null> {
    this.#child.kill('SIGINT');
    return this.ends();
  }
}
