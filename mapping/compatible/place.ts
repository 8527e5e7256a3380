import { isObject, type Json, type JsonObject } from '../exact-json.ts';

/** A target below an object: `external.date.added` as its keys. */
export type Path = readonly string[];

export function toPath(dotted: string): Path {
  return dotted.split('.');
}

/**
 * Sets what stands at a path. An object on the way keeps its other keys and is copied, as it may be the
 * source's own; anything else on the way is replaced by an object.
 */
export function place(target: JsonObject, path: Path, value: Json): void {
  let object = target;
  const last = path.length - 1;
  for (let depth = 0; depth < last; depth += 1) {
    const key = path[depth] as string;
    const inner = object[key];
    const copy: JsonObject = isObject(inner) ? { ...inner } : {};
    object[key] = copy;
    object = copy;
  }
  object[path[last] as string] = value;
}

/** Sets a key that the source chose: `__proto__` is a key like any other. */
export function setKey(target: JsonObject, key: string, value: Json | undefined): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, {
      value,
      enumerable: true,
      writable: true,
      configurable: true,
    });
  } else {
    target[key] = value;
  }
}
