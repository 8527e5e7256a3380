/** Invalid input to the control API. The message says what was expected, and for which key. */
export class ControlError extends Error {
  override readonly name = 'ControlError';
  readonly status: number;

  constructor(message: string, status = 400) {
    super(message);
    this.status = status;
  }
}

export type Fields = Readonly<Record<string, unknown>>;

/**
 * @param known keys that the object may have; `null`: any
 * @throws {ControlError} for anything but an object with these keys
 */
export function toFields(value: unknown, what: string, known: readonly string[] | null): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ControlError(`${what} must be an object`);
  }
  const unknown = Object.keys(value).find((key) => known !== null && !known.includes(key));
  if (unknown !== undefined) {
    throw new ControlError(`${what}: unknown key "${unknown}"; known: ${known?.join(', ')}`);
  }
  return { ...value };
}

export function toText(value: unknown, what: string): string {
  if (typeof value !== 'string') throw new ControlError(`${what} must be a string`);
  return value;
}

export function toBoolean(value: unknown, what: string): boolean {
  if (typeof value !== 'boolean') throw new ControlError(`${what} must be true or false`);
  return value;
}

export function toInteger(value: unknown, what: string, least: number): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < least) {
    const range = least === -Infinity ? '' : ` from ${least} on`;
    throw new ControlError(`${what} must be a whole number${range}`);
  }
  return value;
}

export function toOneOf<const T extends string | number>(
  value: unknown,
  what: string,
  known: readonly T[],
): T {
  const found = known.find((each) => each === value);
  if (found === undefined) throw new ControlError(`${what} must be one of ${known.join(', ')}`);
  return found;
}

export function toList(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new ControlError(`${what} must be a list`);
  return value;
}

/** The value, or the preset if the key is missing. */
export function optional<T, P>(
  fields: Fields,
  key: string,
  preset: P,
  read: (value: unknown, what: string) => T,
): T | P {
  return fields[key] === undefined ? preset : read(fields[key], `"${key}"`);
}
