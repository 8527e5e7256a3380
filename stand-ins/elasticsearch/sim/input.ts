import { isObject, type JsonObject } from '../json/exact.ts';

/** An answer of the control API. */
export interface ControlAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly chunks: Iterable<string>;
}

/** A wrong control request; the message says why. */
export class ControlError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export function toObject(body: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw new ControlError(400, 'the body is no JSON');
  }
  if (!isObject(value)) throw new ControlError(400, 'the body is no JSON object');
  return value;
}

export function refuseOthers(what: string, given: JsonObject, known: readonly string[]): void {
  const other = Object.keys(given).find((name) => !known.includes(name));
  if (other !== undefined)
    throw new ControlError(400, `${what}: unknown field ${other}; known are ${known.join(', ')}`);
}

export function wholeNumber<Name extends string>(
  what: string,
  given: JsonObject,
  name: Name,
): Partial<Record<Name, number>> {
  const value = given[name];
  if (value === undefined) return {};
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) {
    throw new ControlError(400, `${what}: ${name} is a whole number`);
  }
  return { [name]: value } as Partial<Record<Name, number>>;
}

export function json(status: number, body: unknown): ControlAnswer {
  return { status, contentType: 'application/json', chunks: [`${JSON.stringify(body)}\n`] };
}
