import { createProgram } from './commands.ts';
import { toEnding } from './ending.ts';
import { readEnvFile } from './env-file.ts';
import { CommandError, EXIT, type ExitCode } from './exit-code.ts';

let exitCode: ExitCode = EXIT.ok;
let isFailed = false;

/** Prints an error and sets the exit code; ignores every error after the first. */
function fail(error: unknown): void {
  if (isFailed) return;
  const { sentence, exitCode } = toEnding(error);
  isFailed = exitCode !== EXIT.ok; // commander throws also for `--help`
  if (sentence !== null) process.stderr.write(`${sentence}\n`);
  process.exitCode = exitCode;
}

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // the reader has closed the pipe (`| head`): the command still does its work and sets its exit code
  if (error.code === 'EPIPE') return;
  fail(new CommandError(`the output cannot be written: ${error.message}`));
});
process.stderr.on('error', () => undefined); // nobody can read the message
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
