import { isGrpcServiceError } from '@temporalio/client';

/** The result of a look, or a sentence that says why there is none. */
export type Tried<T> = { value: T } | { trouble: string };

/** Turns an error into a sentence, so that one failing look does not hide the results of the others. */
export async function tried<T>(look: Promise<T>): Promise<Tried<T>> {
  try {
    return { value: await look };
  } catch (error) {
    return { trouble: sentenceOf(error) };
  }
}

/** `null` if there is no result. */
export function valueOf<T>(look: Tried<T>): T | null {
  return 'value' in look ? look.value : null;
}

function sentenceOf(error: unknown): string {
  if (error instanceof DOMException && error.name === 'TimeoutError') return 'no answer in time';
  if (isGrpcServiceError(error)) return error.details || error.message;
  if (!(error instanceof Error)) return String(error);
  return error.cause !== undefined && isGrpcServiceError(error.cause)
    ? error.cause.details || error.message
    : error.message;
}
