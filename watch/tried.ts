import { isGrpcServiceError } from '@temporalio/client';

/** What a look has given, or why it gave nothing, in a sentence. */
export type Tried<T> = { value: T } | { trouble: string };

/** Makes of an error a sentence: one look that fails keeps no other from being told. */
export async function tried<T>(look: Promise<T>): Promise<Tried<T>> {
  try {
    return { value: await look };
  } catch (error) {
    return { trouble: sentenceOf(error) };
  }
}

/** `null` where there is nothing. */
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
