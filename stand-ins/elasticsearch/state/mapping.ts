import { ApiError, type Fault, illegalArgument, notInStandIn } from '../errors.ts';
import { asText, isObject, type JsonObject } from '../json/exact.ts';
import { DEFAULTS, isFieldType, takesParameter, UPDATEABLE } from './field-parameters.ts';

/** A mapping in one form: no dotted names, properties in the order of their names, `dynamic` as text. */
export type Mapping = JsonObject;

const ROOT = new Set([
  '_data_stream_timestamp',
  '_meta',
  'date_detection',
  'dynamic',
  'dynamic_templates',
  'properties',
  'runtime',
]);

/** What a dynamic template can say. */
const RULE = new Set(['mapping', 'match_mapping_type', 'path_match', 'unmatch_mapping_type']);

/** @throws {ApiError} 400 `mapper_parsing_exception` for a wrong mapping, 501 for a rule that the stand-in does not know */
export function parseMapping(given: unknown): Mapping {
  if (!isObject(given)) return {};
  const unknown = Object.keys(given).find((name) => !ROOT.has(name));
  if (unknown !== undefined)
    throw unparsable(`Root mapping definition has unsupported parameters:  [${unknown}]`);
  const { dynamic_templates: templates } = given;
  const rules = (Array.isArray(templates) ? templates : []).flatMap((item) =>
    Object.values(asObject(item)).flatMap((rule) => Object.keys(asObject(rule))),
  );
  const other = rules.find((name) => !RULE.has(name));
  if (other !== undefined) throw notInStandIn(`a dynamic template with [${other}]`);
  return normal(given, '');
}

/** Lays a template's mapping over another's: objects grow together, a field's definition replaces the other. */
export function mergeTemplates(base: Mapping, over: Mapping): Mapping {
  const result: JsonObject = { ...base };
  for (const [name, value] of Object.entries(over)) {
    const old = base[name];
    if (name === 'properties')
      result[name] = sorted(mergeProperties(asObject(old), asObject(value)));
    else if (name === 'dynamic_templates') result[name] = mergeNamed(old, value);
    else result[name] = mergeFreely(old, value);
  }
  return result;
}

/** Adds to the mapping of an index. @throws {ApiError} 400 if the definition of a field would change */
export function extendMapping(base: Mapping, more: Mapping): Mapping {
  const result: JsonObject = { ...base, ...more };
  const properties = extendProperties(
    asObject(base['properties']),
    asObject(more['properties']),
    '',
  );
  if (Object.keys(properties).length > 0) result['properties'] = sorted(properties);
  return result;
}

/** The definition of a field or multi-field by its full name. */
export function fieldOf(mapping: Mapping, name: string): JsonObject | null {
  let field: JsonObject = mapping;
  for (const step of name.split('.')) {
    const inner = asObject(field['properties'])[step] ?? asObject(field['fields'])[step];
    if (!isObject(inner)) return null;
    field = inner;
  }
  return field;
}

export function asObject(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

function normal(object: JsonObject, path: string): JsonObject {
  const result: JsonObject = {};
  for (const [name, value] of Object.entries(object)) {
    if (name === 'type' && value === 'object') continue;
    if (name === 'dynamic') result[name] = String(value);
    else if (name === 'properties') {
      const properties = normalProperties(asObject(value), path);
      if (Object.keys(properties).length > 0) result[name] = properties;
    } else result[name] = value;
  }
  return result;
}

function normalProperties(properties: JsonObject, path: string): JsonObject {
  let result: JsonObject = {};
  for (const [name, given] of Object.entries(properties)) {
    const steps = name.split('.');
    const field = isObject(given) ? given : {};
    checkField(name, field);
    let inner = normal(field, `${path}${name}.`);
    // only an object without fields says that it is one
    if (isContainer(inner) && inner['properties'] === undefined)
      inner = { type: 'object', ...inner };
    for (const step of steps.slice(1).toReversed()) inner = { properties: { [step]: inner } };
    result = mergeProperties(result, { [steps[0] ?? '']: inner });
  }
  return sorted(result);
}

function checkField(name: string, field: JsonObject): void {
  const onlyEnabled = 'enabled' in field && Object.keys(field).length === 1;
  const type = field['type'] ?? ('properties' in field || onlyEnabled ? 'object' : undefined);
  if (type === undefined) throw unparsable(`No type specified for field [${name}]`);
  if (typeof type !== 'string' || !isFieldType(type)) {
    throw unparsable(
      `The mapper type [${asText(type)}] declared on field [${name}] does not exist. It might have been created within a future version or requires a plugin to be installed. Check the documentation.`,
    );
  }
  const wrong = Object.keys(field).find((parameter) => !takesParameter(type, parameter));
  if (wrong !== undefined) {
    throw unparsable(`unknown parameter [${wrong}] on mapper [${name}] of type [${type}]`);
  }
  for (const [sub, inner] of Object.entries(asObject(field['fields'])))
    checkField(sub, asObject(inner));
}

/** If both have an object, the later definition counts and the properties grow together. */
function mergeProperties(base: JsonObject, over: JsonObject): JsonObject {
  const result: JsonObject = { ...base };
  for (const [name, value] of Object.entries(over)) {
    const [old, given] = [asObject(base[name]), asObject(value)];
    const both = isObject(old['properties']) && isObject(given['properties']);
    result[name] = both
      ? {
          ...given,
          properties: sorted(
            mergeProperties(asObject(old['properties']), asObject(given['properties'])),
          ),
        }
      : value;
  }
  return result;
}

export function isContainer({ type }: JsonObject): boolean {
  return type === undefined || type === 'object' || type === 'nested';
}

function extendProperties(base: JsonObject, more: JsonObject, path: string): JsonObject {
  const result: JsonObject = { ...base };
  for (const [name, value] of Object.entries(more)) {
    const old = base[name];
    const full = path + name;
    result[name] = isObject(old) && isObject(value) ? extendField(old, value, full) : value;
  }
  return result;
}

function extendField(old: JsonObject, field: JsonObject, name: string): JsonObject {
  if (isContainer(old) !== isContainer(field)) {
    throw illegalArgument(`can't merge a non object mapping [${name}] with an object mapping`);
  }
  if (isContainer(old)) {
    const properties = extendProperties(
      asObject(old['properties']),
      asObject(field['properties']),
      `${name}.`,
    );
    const both = { ...old, ...field };
    if (Object.keys(properties).length === 0) return both;
    const { type, ...untyped } = both;
    const named = type === undefined || type === 'object' ? untyped : both;
    return { ...named, properties: sorted(properties) };
  }
  if (old['type'] !== field['type']) {
    throw illegalArgument(
      `mapper [${name}] cannot be changed from type [${asText(old['type'])}] to [${asText(field['type'])}]`,
    );
  }
  const conflicts = [...new Set([...Object.keys(old), ...Object.keys(field)])]
    .filter((parameter) => !UPDATEABLE.includes(parameter))
    .map((parameter) => [parameter, shown(parameter, old), shown(parameter, field)] as const)
    .filter(
      ([parameter, before, after]) =>
        before !== after && !(parameter === 'value' && before === 'null'),
    );
  if (conflicts.length > 0) {
    const list = conflicts
      .map(
        ([parameter, before, after]) =>
          `\n\tCannot update parameter [${parameter}] from [${before}] to [${after}]`,
      )
      .join('');
    throw illegalArgument(`Mapper for [${name}] conflicts with existing mapper:${list}`);
  }
  const fields = { ...asObject(old['fields']), ...asObject(field['fields']) };
  return { ...old, ...field, ...(Object.keys(fields).length > 0 ? { fields } : {}) };
}

function shown(parameter: string, field: JsonObject): string {
  return parameter in field ? asText(field[parameter]) : (DEFAULTS[parameter] ?? 'null');
}

/** Lists of `{name: definition}`: the later definition of a name replaces the earlier one, in its place. */
function mergeNamed(base: unknown, over: unknown): unknown {
  const result = new Map<string, unknown>();
  for (const item of [...(Array.isArray(base) ? base : []), ...(Array.isArray(over) ? over : [])]) {
    for (const name of Object.keys(asObject(item))) result.set(name, item);
  }
  return [...result.values()];
}

/** `_meta` for example: objects grow together, lists too (the later one first), anything else is replaced. */
function mergeFreely(base: unknown, over: unknown): unknown {
  if (Array.isArray(base) && Array.isArray(over)) return [...over, ...base];
  if (!isObject(base) || !isObject(over)) return over;
  const result: JsonObject = { ...base };
  for (const [name, value] of Object.entries(over)) result[name] = mergeFreely(base[name], value);
  return result;
}

function sorted(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function unparsable(reason: string): ApiError {
  const cause: Fault = { type: 'mapper_parsing_exception', reason };
  return new ApiError(
    400,
    {
      type: 'mapper_parsing_exception',
      reason: `Failed to parse mapping: ${reason}`,
      caused_by: cause,
    },
    { roots: [cause] },
  );
}
