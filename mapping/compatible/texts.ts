import { textOf, type Json } from '../exact-json.ts';

/** Adds a scalar's text to a list that has no empty members and none twice. Lists and objects are left out. */
export function addText(texts: Set<string>, value: Json | undefined): void {
  const text = textOf(value);
  if (text !== null && text !== '') texts.add(text);
}
