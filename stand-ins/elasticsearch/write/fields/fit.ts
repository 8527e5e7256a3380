import { ApiError, illegalArgument, notInStandIn } from '../../errors.ts';
import { asText, isObject, type JsonObject } from '../../json/exact.ts';
import {
  type Entry,
  type Node,
  type ObjectNode,
  parseNodes,
  type Scalar,
} from '../../json/nodes.ts';
import { countDefinition, countFields, fieldLimit } from '../../state/field-count.ts';
import { type Index } from '../../state/index.ts';
import { asObject, extendMapping, isContainer } from '../../state/mapping.ts';
import { textSetting } from '../../state/settings.ts';
import { nodeToJava } from '../../text/java.ts';
import { type BadValue, toRefusal } from './bad-value.ts';
import { checkValue } from './check-value.ts';
import { type Deduced, deduce } from './dynamic.ts';
import { DocumentText } from './document-text.ts';
import { fitsPlainly } from './quick.ts';

const DEFAULT_DEPTH_LIMIT = 20;
/** What a dynamic template can say of an object. */
const OF_OBJECTS = new Set(['dynamic', 'enabled', 'subobjects', 'type']);
const METADATA = new Set([
  '_doc_count',
  '_feature',
  '_field_names',
  '_id',
  '_ignored',
  '_index',
  '_nested_path',
  '_routing',
  '_seq_no',
  '_source',
  '_tier',
  '_version',
]);

/**
 * Holds a document against the mapping of its index: every value has to suit its field's type; fields that nobody has
 * mapped are added to the mapping, left alone or refused, as `dynamic` says.
 *
 *     text ──► plain? ──yes──► stored as it is
 *                └──no──► walked with positions ──► refused, or names of ignored fields + additions to the mapping
 *
 * @param bytes one valid JSON object
 * @returns names of the fields whose values are stored but not indexed, in order
 * @throws {ApiError} 400 for a document that the index does not take
 */
export function fitDocument(index: Index, id: string, bytes: Uint8Array): readonly string[] {
  if (index.mapping['enabled'] === false) return [];
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
  const ignoreAbove = Number(textSetting(index.settings, 'index.mapping.ignore_above') ?? Infinity);
  if (fitsPlainly(index.mapping, ignoreAbove, JSON.parse(text))) return [];
  const root = parseNodes(text);
  if (root.kind !== 'object') return [];
  return new Fitter(index, new DocumentText(text, id), ignoreAbove).fit(root);
}

/** An object of the mapping, with what its own fields inherit. */
interface Place {
  /** `a.b.`, empty for the root. */
  readonly prefix: string;
  readonly mapped: JsonObject;
  readonly dynamic: string;
}

class Fitter {
  readonly #index: Index;
  readonly #text: DocumentText;
  readonly #ignoreAbove: number;
  readonly #ignoresMalformed: boolean;
  readonly #ignored = new Set<string>();
  /** What the document adds to the mapping; `null` is an object. */
  readonly #added = new Map<string, JsonObject | null>();
  readonly #runtime = new Map<string, JsonObject>();
  readonly #constants = new Map<string, string>();
  /** Shown once all values have been looked at, as the server does. */
  #conflict: ApiError | null = null;
  #addedCount = 0;

  constructor(index: Index, text: DocumentText, ignoreAbove: number) {
    this.#index = index;
    this.#text = text;
    this.#ignoreAbove = ignoreAbove;
    this.#ignoresMalformed =
      textSetting(index.settings, 'index.mapping.ignore_malformed') === 'true';
  }

  fit(root: ObjectNode): readonly string[] {
    const { mapping } = this.#index;
    this.#object(root, {
      prefix: '',
      mapped: mapping,
      dynamic: asText(mapping['dynamic'] ?? true),
    });
    if (this.#conflict !== null) throw this.#conflict;
    this.#extendMapping();
    return [...this.#ignored].sort((a, b) => (a < b ? -1 : 1));
  }

  #object(node: ObjectNode, place: Place): void {
    if (place.mapped['subobjects'] !== undefined) {
      throw notInStandIn('a document for an object with [subobjects]');
    }
    for (const entry of node.entries) this.#entry(splitDots(entry, this.#text), place);
  }

  #entry({ name, at, value }: Entry, place: Place): void {
    const path = place.prefix + name;
    if (name.trim() === '') {
      const reason = `Field name cannot contain only whitespace: [${path}]`;
      throw this.#text.refusal(at, reason);
    }
    if (place.prefix === '' && METADATA.has(name)) throw this.#metadataField(name, value);
    const known = asObject(place.mapped['properties'])[name];
    if (!isObject(known)) this.#unmapped(name, path, value, place);
    else if (known['enabled'] === false) return;
    else if (isContainer(known)) this.#objects(value, path, name, enter(place, path, known));
    else this.#values(value, path, known);
  }

  /** @param name as messages show it; elements of arrays have none */
  #objects(node: Node, path: string, name: string, place: Place): void {
    if (node.kind === 'null') return;
    if (node.kind === 'array') {
      for (const item of node.items) this.#objects(item, path, 'null', place);
    } else if (node.kind === 'object') {
      this.#object(node, place);
    } else {
      const reason = `object mapping for [${path}] tried to parse field [${name}] as object, but found a concrete value`;
      throw this.#text.refusal(node.from, reason);
    }
  }

  #values(node: Node, path: string, definition: JsonObject): void {
    if (node.kind === 'null') return;
    if (node.kind === 'array') {
      for (const item of node.items) this.#values(item, path, definition);
      return;
    }
    this.#value(node, path, definition);
    for (const [sub, inner] of Object.entries(asObject(definition['fields']))) {
      this.#value(node, `${path}.${sub}`, asObject(inner));
    }
  }

  #value(node: ObjectNode | Scalar, field: string, definition: JsonObject): void {
    const type = String(definition['type']);
    const given = definition['value'];
    const constant = this.#constants.get(field) ?? (given === undefined ? null : asText(given));
    const context = { field, definition, constant, ignoreAbove: this.#ignoreAbove };
    const verdict = checkValue(node, this.#text, context);
    if (verdict === 'ignored') this.#ignored.add(field);
    else if (verdict !== null) this.#refuse(verdict, field, type, definition);
    else if (type === 'constant_keyword' && constant === null && node.kind !== 'object')
      this.#constants.set(field, node.text);
  }

  #refuse(bad: BadValue, field: string, type: string, definition: JsonObject): void {
    const stream = isObject(this.#index.mapping['_data_stream_timestamp']);
    const asked = definition['ignore_malformed'] ?? this.#ignoresMalformed;
    if (bad.malformed && asText(asked) === 'true' && !(stream && field === '@timestamp')) {
      this.#ignored.add(field);
    } else {
      throw toRefusal(this.#text, field, type, bad);
    }
  }

  #unmapped(name: string, path: string, node: Node, place: Place): void {
    if (place.dynamic === 'strict') {
      const within = place.prefix === '' ? '_doc' : place.prefix.slice(0, -1);
      throw new ApiError(400, {
        type: 'strict_dynamic_mapping_exception',
        reason: `[${this.#text.where(node.from)}] mapping set to strict, dynamic introduction of [${name}] within [${within}] is not allowed`,
      });
    }
    if (place.dynamic === 'false' || node.kind === 'null') return;
    if (node.kind === 'array') {
      for (const item of node.items) this.#unmapped(name, path, item, place);
      return;
    }
    if (Object.hasOwn(asObject(this.#index.mapping['runtime']), path)) return;
    const runtime = place.dynamic === 'runtime';
    const value = { kind: node.kind, text: node.kind === 'object' ? '' : node.text };
    const deduced = deduce(this.#index.mapping, path, value, runtime);
    if (deduced.kind === 'runtime') {
      if (node.kind === 'object') throw notInStandIn('a runtime field for an object');
      this.#addRuntime(path, deduced, node);
    } else if (isContainer(deduced.definition)) {
      this.#addObject(name, path, node, place, deduced.definition);
    } else {
      this.#addField(path, node, deduced.definition);
    }
  }

  #addField(path: string, node: ObjectNode | Scalar, definition: JsonObject): void {
    const before = this.#added.get(path);
    if (before === undefined) {
      if (!this.#hasRoom(path, node, countDefinition(definition))) return;
      this.#added.set(path, definition);
    } else if (before === null) {
      this.#conflict ??= illegalArgument(
        `can't merge a non object mapping [${path}] with an object mapping`,
      );
    } else if (before['type'] !== definition['type']) {
      this.#conflict ??= cannotChange(path, before, String(definition['type']));
    }
    this.#values(node, path, definition);
  }

  #addObject(
    name: string,
    path: string,
    node: ObjectNode | Scalar,
    place: Place,
    definition: JsonObject,
  ): void {
    const before = this.#added.get(path);
    if (before === undefined && place.dynamic !== 'runtime') {
      this.#checkDepth(path, node);
      if (!this.#hasRoom(path, node, 1)) return;
      const own = Object.entries(definition).filter(
        ([key, value]) => OF_OBJECTS.has(key) && value !== 'object',
      );
      this.#added.set(path, own.length === 0 ? null : Object.fromEntries(own));
    } else if (isObject(before) && !isContainer(before)) {
      this.#conflict ??= cannotChange(path, before, 'ObjectMapper');
      return;
    }
    this.#objects(node, path, name, enter(place, path, definition));
  }

  #addRuntime(path: string, { definition }: Deduced, node: Scalar): void {
    if (this.#runtime.has(path) || !this.#hasRoom(path, node, 1)) return;
    this.#runtime.set(path, definition);
  }

  /** False where the field is left out because there are too many. */
  #hasRoom(path: string, node: Node, size: number): boolean {
    const { mapping, settings } = this.#index;
    const limit = fieldLimit(settings);
    const adding = this.#addedCount + size;
    if (countFields(mapping) + adding <= limit) {
      this.#addedCount = adding;
      return true;
    }
    const ignores = 'index.mapping.total_fields.ignore_dynamic_beyond_limit';
    if (textSetting(settings, ignores) === 'true') {
      this.#ignored.add(path);
      return false;
    }
    throw this.#text.failure(
      node.from,
      `Limit of total fields [${limit}] has been exceeded while adding new fields [${adding}]`,
    );
  }

  #checkDepth(path: string, node: Node): void {
    const given = textSetting(this.#index.settings, 'index.mapping.depth.limit');
    const limit = Number(given ?? DEFAULT_DEPTH_LIMIT);
    if (path.split('.').length + 1 > limit) {
      throw this.#text.failure(
        node.from,
        `Limit of mapping depth [${limit}] has been exceeded due to object field [${path}]`,
      );
    }
  }

  #metadataField(name: string, given: Node): ApiError {
    const text = this.#text;
    const value = given.kind === 'array' ? (given.items[0] ?? given) : given;
    const own = `Field [${name}] is a metadata field and cannot be added inside a document. Use the index API request parameters.`;
    const at = value.kind === 'object' ? value.to - 1 : value.from;
    const root = {
      type: 'document_parsing_exception',
      reason: `[${text.where(value.from)}] ${own}`,
    };
    const preview = nodeToJava(value);
    return toRefusal(text, name, name, { at, preview, cause: root, root, malformed: false });
  }

  #extendMapping(): void {
    if (this.#added.size + this.#runtime.size + this.#constants.size === 0) return;
    const more: JsonObject = {};
    for (const [path, definition] of this.#added) place(more, path, definition ?? {});
    const index = this.#index;
    let mapping =
      this.#added.size > 0 ? extendMapping(index.mapping, withTypes(more)) : index.mapping;
    if (this.#runtime.size > 0) {
      const all = Object.entries({
        ...asObject(mapping['runtime']),
        ...Object.fromEntries(this.#runtime),
      });
      mapping = {
        ...mapping,
        runtime: Object.fromEntries(all.sort(([a], [b]) => (a < b ? -1 : 1))),
      };
    }
    for (const [field, value] of this.#constants) mapping = withConstant(mapping, field, value);
    index.mapping = mapping;
  }
}

function enter(outer: Place, path: string, mapped: JsonObject): Place {
  return { prefix: `${path}.`, mapped, dynamic: asText(mapped['dynamic'] ?? outer.dynamic) };
}

/** `a.b` is the field b of the object a. */
function splitDots(entry: Entry, text: DocumentText): Entry {
  const { name, at, value } = entry;
  if (name === '') throw text.failure(at, 'field name cannot be an empty string');
  if (!name.includes('.')) return entry;
  if (/^\.+$/.test(name)) throw text.failure(at, 'field name cannot contain only dots');
  const steps = name.split('.');
  if (steps.at(-1) === '') steps.pop();
  const blank = steps.find((step) => step.trim() === '');
  if (blank !== undefined) {
    const reason =
      blank === ''
        ? `field name cannot contain only whitespace: ['${name}']`
        : `field name starting or ending with a [.] makes object resolution ambiguous: [${name}]`;
    throw text.failure(at, reason);
  }
  const [first = '', ...rest] = steps;
  if (rest.length === 0) return { name: first, at, value };
  const isScalar = value.kind !== 'object' && value.kind !== 'array';
  const to = isScalar ? value.from + 1 : value.to;
  const inner: Entry = { name: rest.join('.'), at, value };
  return {
    name: first,
    at,
    value: { kind: 'object', from: at, to, entries: [inner], dotted: true },
  };
}

/** Puts a definition at its path below `properties`. */
function place(mapping: JsonObject, path: string, definition: JsonObject): void {
  let node = mapping;
  for (const step of path.split('.')) {
    const properties = (node['properties'] ??= {}) as Record<string, JsonObject>;
    node = properties[step] ??= {};
  }
  Object.assign(node, definition);
}

/** Only an object without fields says that it is one. */
function withTypes(node: JsonObject): JsonObject {
  const properties = Object.entries(asObject(node['properties']));
  if (properties.length === 0)
    return node['type'] === undefined ? { type: 'object', ...node } : node;
  const { type, ...rest } = node;
  const named = type === undefined || type === 'object' ? rest : node;
  const inner = properties
    .map(([name, field]) => [name, withTypes(asObject(field))] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return { ...named, properties: Object.fromEntries(inner) };
}

function withConstant(node: JsonObject, field: string, value: string): JsonObject {
  const properties = asObject(node['properties']);
  for (const [name, given] of Object.entries(properties)) {
    const inner = asObject(given);
    const changed =
      name === field
        ? { ...inner, value }
        : field.startsWith(`${name}.`)
          ? withConstant(inner, field.slice(name.length + 1), value)
          : null;
    if (changed !== null) return { ...node, properties: { ...properties, [name]: changed } };
  }
  return node;
}

function cannotChange(path: string, before: JsonObject, type: string): ApiError {
  return illegalArgument(
    `mapper [${path}] cannot be changed from type [${String(before['type'])}] to [${type}]`,
  );
}
