import { illegalArgument } from '../errors.ts';
import { isObject, type JsonObject, rawDigits } from '../json/exact.ts';
import { toJava } from '../state/mapping.ts';

/** A document on its way through pipelines: its source, where it is to go, when it came. */
export class IngestDocument {
  readonly source: JsonObject;
  /** ISO 8601 with nanoseconds. */
  readonly timestamp: string;
  index: string;
  id: string | null;

  constructor(source: JsonObject, index: string, id: string | null, timestamp: string) {
    this.source = source;
    this.index = index;
    this.id = id;
    this.timestamp = timestamp;
  }

  /** The value at a path such as `event.id` or `_ingest.timestamp`; undefined where there is none. */
  find(path: string): unknown {
    if (path === '_index') return this.index;
    if (path === '_id') return this.id ?? undefined;
    if (path === '_ingest.timestamp') return this.timestamp;
    let value: unknown = this.source;
    for (const step of toSteps(path)) value = child(value, step);
    return value;
  }

  /** @throws {ApiError} 400 where the path does not exist */
  get(path: string): unknown {
    const value = this.find(path);
    if (value === undefined) throw missing(path);
    return value;
  }

  /** Makes the objects on the way that are not there. */
  set(path: string, value: unknown): void {
    if (path === '_index') this.index = String(value);
    else if (path === '_id') this.id = String(value);
    else {
      const steps = toSteps(path);
      const last = steps.pop() ?? '';
      let parent: unknown = this.source;
      for (const step of steps) {
        if (isObject(parent) && !(step in parent)) parent[step] = {};
        parent = child(parent, step);
      }
      assign(parent, last, value, path);
    }
  }

  /** @throws {ApiError} 400 where the path does not exist */
  remove(path: string): void {
    const steps = toSteps(path);
    const last = steps.pop() ?? '';
    let parent: unknown = this.source;
    for (const step of steps) parent = child(parent, step);
    if (child(parent, last) === undefined) throw missing(path);
    if (Array.isArray(parent)) parent.splice(Number(last), 1);
    else if (isObject(parent)) delete parent[last];
  }
}

function toSteps(path: string): string[] {
  return (path.startsWith('_source.') ? path.slice(8) : path).split('.');
}

function child(value: unknown, step: string): unknown {
  if (Array.isArray(value))
    return /^\d+$/.test(step) ? (value[Number(step)] as unknown) : undefined;
  return isObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
}

function assign(parent: unknown, name: string, value: unknown, path: string): void {
  if (Array.isArray(parent) && /^\d+$/.test(name)) parent[Number(name)] = value;
  else if (isObject(parent) && rawDigits(parent) === null) parent[name] = value;
  else if (parent === null || parent === undefined) {
    throw illegalArgument(`cannot set [${name}] with null parent as part of path [${path}]`);
  } else if (Array.isArray(parent)) {
    throw illegalArgument(
      `[${name}] is not an integer, cannot be used as an index as part of path [${path}]`,
    );
  } else {
    throw illegalArgument(
      `cannot set [${name}] with parent object of type [${javaType(parent)}] as part of path [${path}]`,
    );
  }
}

function missing(path: string): Error {
  const name = path.split('.').pop() ?? path;
  return illegalArgument(`field [${name}] not present as part of path [${path}]`);
}

function javaType(value: unknown): string {
  if (typeof value === 'string') return 'java.lang.String';
  if (typeof value === 'boolean') return 'java.lang.Boolean';
  return Number.isInteger(value) ? 'java.lang.Integer' : 'java.lang.Double';
}

/** Fills `{{path}}` (escaped as JSON) and `{{{path}}}` (as it is); a path without value gives nothing. */
export function fillTemplate(template: string, document: IngestDocument): string {
  return template.replaceAll(
    /\{\{\{\s*([^{}\s]+)\s*\}\}\}|\{\{&?\s*([^{}\s]+)\s*\}\}/g,
    (_match, raw: string | undefined, escaped: string | undefined) => {
      const value = document.find(raw ?? escaped ?? '');
      if (value === undefined || value === null) return '';
      const text = rawDigits(value) ?? toJava(value);
      return raw === undefined ? JSON.stringify(text).slice(1, -1) : text;
    },
  );
}
