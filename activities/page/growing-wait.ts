const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8_000;

/** Wait before a request is repeated: half a second after the first failure, then twice as long each time, up to 8 s. */
export function waitMsAfter(failures: number): number {
  return Math.min(FIRST_WAIT_MS * 2 ** (failures - 1), LONGEST_WAIT_MS);
}
