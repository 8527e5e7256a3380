import { textOf, type Json } from '../exact-json.ts';
import { STRICT, type Spelling } from './spelling.ts';

export type TargetType = 'boolean' | 'long' | 'double' | 'string' | 'ip' | 'date' | 'duration';

/**
 * What of a record could not be mapped: the entries of `error.message`, by paths of the source. It depends on
 * the spelling that is taken.
 */
export class MappingErrors {
  readonly messages: string[];
  readonly spelling: Spelling;

  /** @param known what was wrong with the record before */
  constructor(known: readonly string[] = [], spelling: Spelling = STRICT) {
    this.messages = [...known];
    this.spelling = spelling;
  }

  cannotConvert(path: string, value: Json, type: TargetType): void {
    const text = textOf(value) ?? (Array.isArray(value) ? 'list' : 'object');
    this.messages.push(`${path}: cannot convert [${text}] to ${type}`);
  }

  expected(path: string, shape: 'an object' | 'a list' | 'a string'): void {
    this.messages.push(`${path}: expected ${shape}`);
  }

  missing(path: string, type: string): void {
    this.messages.push(`${path}: missing for an indicator of type ${type}`);
  }
}
