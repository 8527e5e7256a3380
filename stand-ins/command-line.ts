import { parseArgs, type ParseArgsConfig } from 'node:util';

/** A fault of the command line. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** @throws {UsageError} if an option is unknown or has no value */
export function optionsOf<const Options extends NonNullable<ParseArgsConfig['options']>>(
  options: Options,
) {
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** @throws {UsageError} if the text is not a whole number from 0 to `most` */
export function wholeNumber(option: string, text: string, most: number): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number <= most) return number;
  throw new UsageError(`${option} ${text} is not a number from 0 to ${most}`);
}

/** Runs a program; prints its error. Sets the exit code: 2 after a {@link UsageError}, 1 after any other error. */
export async function runProgram(usage: string, main: () => Promise<number | void>): Promise<void> {
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    const isUsage = error instanceof UsageError;
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(isUsage ? `${message}\n\n${usage}` : `${message}\n`);
    process.exitCode = isUsage ? 2 : 1;
  }
}
