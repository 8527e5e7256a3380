import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { showChaos } from './chaos.ts';
import { showDrift } from './drift.ts';
import { parseDemoArguments, type DemoSettings } from './demo-settings.ts';
import { say } from './say.ts';
import { show } from './show.ts';

const settings = parseDemoArguments(process.argv.slice(2), process.env, (file) =>
  // npm starts scripts in the project's folder, but the user's path is relative to the user's folder
  path.resolve(process.env.INIT_CWD ?? process.cwd(), file),
);
if ('help' in settings) process.stdout.write(settings.help);
else if ('fault' in settings) {
  process.stderr.write(`${settings.fault}\n`);
  process.exitCode = 2;
} else process.exitCode = await demo(settings);

async function demo(options: DemoSettings): Promise<number> {
  const interrupted = new AbortController();
  process.on('SIGINT', () => interrupted.abort(new Error('interrupted')));
  process.on('SIGTERM', () => interrupted.abort(new Error('interrupted')));
  const folder = mkdtempSync(path.join(tmpdir(), 'tcsync-demo-'));
  const undo: (() => Promise<void> | void)[] = [
    () => rmSync(folder, { recursive: true, force: true }),
  ];
  const stopped = new Promise<never>((_resolve, reject) => {
    interrupted.signal.addEventListener('abort', () => reject(interrupted.signal.reason));
  });
  try {
    const story = options.chaos ? showChaos : options.drift ? showDrift : show;
    const equal = await Promise.race([story(options, folder, undo), stopped]);
    return equal ? 0 : 1;
  } catch (error) {
    say(`stopped: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  } finally {
    say('stopping what the demo started');
    for (const step of undo.toReversed()) await step();
  }
}
