/** What keeps the worker from starting and a person can mend, a sentence. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/** @param variable that holds the port */
export function portTaken(variable: string, port: number, cause: unknown): StartError {
  return new StartError(
    `port ${port} is taken by another program: set ${variable} to another one, or to 0 for any that is free`,
    { cause },
  );
}
