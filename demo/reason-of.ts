/** The `code` of a Node error (`ENOENT`), undefined for everything else. */
export function errorCode(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

/** One line for a list: the messages of an error and of its causes, the last three lines of each. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const said = error.message.trim().split('\n').slice(-3).join(' | ') || String(errorCode(error));
  return error.cause === undefined ? said : `${said}: ${reasonOf(error.cause)}`;
}
