import { printInstant } from '../record.ts';
import type { Random } from './random.ts';

/** Members of an object as JSON texts, in order. Numbers have their final spelling. */
export type Members = [key: string, json: string][];

const WORDS =
  'the actor used this infrastructure to deliver a loader that contacts its server over an encrypted channel and drops a second stage which collects credentials from browsers before it moves to other hosts seen by our sensors in several campaigns against finance and energy'.split(
    ' ',
  );

export function object(members: Members): string {
  return `{${members.map(([key, json]) => `${JSON.stringify(key)}:${json}`).join(',')}}`;
}

/** `{"data":[…]}`; an empty collection is `{}`. */
export function collection(elements: readonly string[]): string {
  return elements.length === 0 ? '{}' : `{"data":[${elements.join(',')}]}`;
}

export function quoted(text: string): string {
  return JSON.stringify(text);
}

export function instant(ms: number): string {
  return `"${printInstant(ms)}"`;
}

export function sentences(random: Random, words: number): string {
  let text = '';
  for (let left = words; left > 0; left--) {
    text += (WORDS[random.int(0, WORDS.length - 1)] ?? '') + (left % 12 === 0 ? '. ' : ' ');
  }
  return `${text.charAt(0).toUpperCase()}${text.slice(1).trim()}.`;
}

/** `createdBy`: the author of a record; the API user has a pseudonym. */
export function createdBy(ownerName: string): string {
  return object([
    ['id', '44'],
    ['userName', quoted('12345678901234567890')],
    ['firstName', quoted('Feed')],
    ['lastName', quoted('Loader')],
    ['pseudonym', quoted('feedloader')],
    ['owner', quoted(ownerName)],
  ]);
}
