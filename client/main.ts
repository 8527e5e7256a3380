import { createProgram } from './commands.ts';
import { toEnding } from './ending.ts';
import { CommandError, EXIT, type ExitCode } from './exit-code.ts';
import { readEnvFile } from './session.ts';

let exitCode: ExitCode = EXIT.ok;
let isFailed = false;

/** Says what is wrong, the first time, and sets the exit code. */
function fail(error: unknown): void {
  if (isFailed) return;
  const { sentence, exitCode } = toEnding(error);
  isFailed = exitCode !== EXIT.ok; // `--help` is thrown, too
  if (sentence !== null) process.stderr.write(`${sentence}\n`);
  process.exitCode = exitCode;
}

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // whoever reads has seen enough (`| head`): the command does its work all the same, and its exit code tells of it
  if (error.code === 'EPIPE') return;
  fail(new CommandError(`the output cannot be written: ${error.message}`));
});
process.stderr.on('error', () => undefined); // nobody is left to be told
process.on('uncaughtException', (error) => {
  fail(error);
  process.exit();
});

try {
  readEnvFile();
  await createProgram((code) => {
    exitCode = code;
  }).parseAsync();
  if (!isFailed) process.exitCode = exitCode;
} catch (error) {
  fail(error);
}
