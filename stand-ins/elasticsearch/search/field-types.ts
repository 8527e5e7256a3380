import { isObject, type JsonObject } from '../json/exact.ts';
import { asObject, isContainer, type Mapping } from '../state/mapping.ts';

/** What a search knows of a field. */
export interface FieldType {
  readonly field: string;
  /** Elasticsearch's name of the type: `keyword`, `date`, … */
  readonly type: string;
  /** Where its values stand in the source: a multi-field shares those of its parent. */
  readonly sourcePath: string;
  readonly definition: JsonObject;
}

export type Resolved =
  | { readonly kind: 'mapped'; readonly type: FieldType }
  | { readonly kind: 'none' }
  | { readonly kind: 'object' };

/** What the mapping says of a field. Fields of nested objects are for nested queries alone. */
export function resolveField(mapping: Mapping, field: string): Resolved {
  const runtime = asObject(mapping['runtime'])[field];
  if (isObject(runtime)) return mapped(field, field, runtime);
  let node: JsonObject = mapping;
  const steps = field.split('.');
  for (const [depth, step] of steps.entries()) {
    const child = asObject(node['properties'])[step];
    if (!isObject(child) || child['type'] === 'nested') return { kind: 'none' };
    if (!isContainer(child)) return resolveLeaf(mapping, field, child, steps, depth);
    node = child;
  }
  return { kind: 'object' };
}

function resolveLeaf(
  mapping: Mapping,
  field: string,
  definition: JsonObject,
  steps: readonly string[],
  depth: number,
): Resolved {
  const rest = steps.slice(depth + 1);
  const path = steps.slice(0, depth + 1).join('.');
  if (definition['type'] === 'alias') return resolveField(mapping, String(definition['path']));
  if (rest.length === 0) return mapped(field, path, definition);
  if (definition['type'] === 'flattened') return mapped(field, field, { type: 'flattened' });
  const sub = asObject(definition['fields'])[rest.join('.')];
  return isObject(sub) ? mapped(field, path, sub) : { kind: 'none' };
}

function mapped(field: string, sourcePath: string, definition: JsonObject): Resolved {
  return {
    kind: 'mapped',
    type: { field, type: String(definition['type']), sourcePath, definition },
  };
}
