import { illegalArgument } from '../errors.ts';
import { isObject, type JsonObject } from '../json/exact.ts';
import { asObject, isContainer, type Mapping } from '../state/mapping.ts';

/** A field as searches see it. */
export interface FieldType {
  readonly field: string;
  /** Elasticsearch's name of the type: `keyword`, `date`, … */
  readonly type: string;
  /** Where its values are in the source: a multi-field has those of its parent. */
  readonly sourcePath: string;
  readonly definition: JsonObject;
}

export type Resolved = FieldType | 'none' | 'object';

export function resolveField(mapping: Mapping, field: string): Resolved {
  const runtime = asObject(mapping['runtime'])[field];
  if (isObject(runtime)) return mapped(field, field, runtime);
  let node: JsonObject = mapping;
  const steps = field.split('.');
  for (const [depth, step] of steps.entries()) {
    const child = asObject(node['properties'])[step];
    if (!isObject(child)) return 'none';
    if (!isContainer(child)) return resolveLeaf(field, child, steps, depth);
    node = child;
  }
  return 'object';
}

function resolveLeaf(
  field: string,
  definition: JsonObject,
  steps: readonly string[],
  depth: number,
): Resolved {
  const rest = steps.slice(depth + 1);
  const path = steps.slice(0, depth + 1).join('.');
  if (rest.length === 0) return mapped(field, path, definition);
  if (definition['type'] === 'flattened') return mapped(field, field, { type: 'flattened' });
  const sub = asObject(definition['fields'])[rest.join('.')];
  return isObject(sub) ? mapped(field, path, sub) : 'none';
}

function mapped(field: string, sourcePath: string, definition: JsonObject): FieldType {
  return { field, type: String(definition['type']), sourcePath, definition };
}

/** False for a field that no query can look at. */
export function isSearchable({ definition }: FieldType): boolean {
  return definition['index'] !== false || definition['doc_values'] !== false;
}

/** @throws {ApiError} 400 for a field that cannot be sorted, counted or shown by its stored values */
export function checkDocValues({ definition, field, type }: FieldType, index: string): void {
  if (type === 'text' || type === 'match_only_text') {
    throw illegalArgument(
      `Fielddata is disabled on [${field}] in [${index}]. Text fields are not optimised for operations that require per-document field data like aggregations and sorting, so these operations are disabled by default. Please use a keyword field instead. Alternatively, set fielddata=true on [${field}] in order to load field data by uninverting the inverted index. Note that this can use significant memory.`,
    );
  }
  if (definition['doc_values'] === false)
    throw illegalArgument(`Can't load fielddata on [${field}] without doc values`);
}
