import { CommanderError } from 'commander';
import { ConfigError } from '../config/fault.ts';
import { isTimeout } from './check/advice.ts';
import { CommandError, EXIT, type ExitCode } from './exit-code.ts';

/** How a command ends after an error. */
export type Ending = {
  /** The message for a person, without a stack trace; `null` if it was already printed. */
  sentence: string | null;
  exitCode: ExitCode;
};

/** Turns every error of a command into one sentence and the exit code that the README documents. */
export function toEnding(error: unknown): Ending {
  if (error instanceof CommanderError) {
    return { sentence: null, exitCode: error.exitCode === 0 ? EXIT.ok : EXIT.usage };
  }
  if (error instanceof ConfigError) return { sentence: error.message, exitCode: EXIT.usage };
  if (error instanceof CommandError) return { sentence: error.message, exitCode: error.exitCode };
  return { sentence: toSentence(error), exitCode: EXIT.failed };
}

function toSentence(error: unknown): string {
  if (isTimeout(error)) {
    return 'no answer came in time: `npx tcsync check` says which server did not answer; a longer TC_HTTP_TIMEOUT may help';
  }
  if (!(error instanceof Error)) return unforeseen(String(error));
  // an error of ThreatConnect, Elasticsearch or the operating system: its message is complete
  if (/^(Source|Sink)\w+Error$/.test(error.name) || 'syscall' in error) return error.message;
  return unforeseen(`${error.name}: ${error.message}`);
}

function unforeseen(what: string): string {
  return `${what.replaceAll(/\s*\n\s*/g, '; ')}: this is unexpected and may be a bug in tcsync; report it with this line`;
}
