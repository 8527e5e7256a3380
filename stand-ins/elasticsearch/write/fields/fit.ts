import { ApiError } from '../../errors.ts';
import { asText, isObject, type JsonObject } from '../../json/exact.ts';
import { countDefinition, countFields, fieldLimit } from '../../state/field-count.ts';
import { type Index } from '../../state/index.ts';
import { asObject, extendMapping, isContainer, parseMapping } from '../../state/mapping.ts';
import { textSetting } from '../../state/settings.ts';
import { checkValue } from './check-value.ts';
import { deduce } from './dynamic.ts';

/**
 * Compares a document with the mapping of its index. Each value has to fit the type of its field. Fields that are not
 * mapped are added to the mapping, ignored or refused, as `dynamic` says.
 *
 * @param onNewFields is called before the mapping gets new fields
 * @returns names of the fields whose values are stored but not indexed, in order
 * @throws {ApiError} 400 for a document that the index refuses
 */
export function fitDocument(
  index: Index,
  id: string,
  source: JsonObject,
  onNewFields: (index: Index) => void = () => undefined,
): readonly string[] {
  return new Fitter(index, id, onNewFields).fit(source);
}

/** An object of the mapping, with the value of `dynamic` that its fields inherit. */
interface Place {
  /** `a.b.`, empty for the root. */
  readonly prefix: string;
  readonly mapped: JsonObject;
  readonly dynamic: string;
}

class Fitter {
  readonly #index: Index;
  readonly #id: string;
  readonly #ignoresMalformed: boolean;
  readonly #ignored = new Set<string>();
  /** What the document adds to the mapping, by full names. */
  readonly #added = new Map<string, JsonObject>();
  readonly #runtime = new Map<string, JsonObject>();
  readonly #constants = new Map<string, string>();
  #addedCount = 0;

  readonly #onNewFields: (index: Index) => void;

  constructor(index: Index, id: string, onNewFields: (index: Index) => void) {
    this.#index = index;
    this.#onNewFields = onNewFields;
    this.#id = id;
    this.#ignoresMalformed =
      textSetting(index.settings, 'index.mapping.ignore_malformed') === 'true';
  }

  fit(source: JsonObject): readonly string[] {
    const { mapping } = this.#index;
    const dynamic = asText(mapping['dynamic'] ?? true);
    this.#object(source, { prefix: '', mapped: mapping, dynamic });
    this.#extendMapping();
    return [...this.#ignored].sort((a, b) => (a < b ? -1 : 1));
  }

  #object(object: JsonObject, place: Place): void {
    for (const name of Object.keys(object)) this.#member(name, object[name], place);
  }

  /** A name with dots stands for objects: `a.b` is the field b of the object a. */
  #member(name: string, value: unknown, place: Place): void {
    const dot = name.indexOf('.');
    if (dot < 0) {
      this.#field(name, value, place);
      return;
    }
    if (name.split('.').some((step) => step.trim() === ''))
      throw this.#refusal(`field name [${name}] is ambiguous`);
    this.#field(name.slice(0, dot), { [name.slice(dot + 1)]: value }, place);
  }

  #field(name: string, value: unknown, place: Place): void {
    const path = place.prefix + name;
    if (name.trim() === '') throw this.#refusal(`the field name [${path}] is blank`);
    const mapped = asObject(place.mapped['properties'])[name] ?? this.#added.get(path);
    const definition = isObject(mapped) ? mapped : this.#unmapped(name, path, value, place);
    if (definition === null || definition['enabled'] === false) return;
    if (isContainer(definition)) {
      const dynamic = asText(definition['dynamic'] ?? place.dynamic);
      this.#objects(value, path, { prefix: `${path}.`, mapped: definition, dynamic });
    } else {
      this.#values(value, path, definition);
    }
  }

  #objects(value: unknown, path: string, place: Place): void {
    if (Array.isArray(value)) for (const item of value) this.#objects(item, path, place);
    else if (isObject(value)) this.#object(value, place);
    else if (value !== null) {
      throw this.#refusal(
        `object mapping for [${path}] tried to parse as object, but found a concrete value`,
      );
    }
  }

  #values(value: unknown, path: string, definition: JsonObject): void {
    if (value === null) return;
    if (Array.isArray(value)) {
      for (const item of value) this.#values(item, path, definition);
      return;
    }
    this.#value(value, path, definition);
    const subFields = definition['fields'];
    if (subFields === undefined) return;
    for (const [name, inner] of Object.entries(asObject(subFields)))
      this.#value(value, `${path}.${name}`, asObject(inner));
  }

  #value(value: unknown, field: string, definition: JsonObject): void {
    const { type, value: given } = definition;
    const constant = this.#constants.get(field) ?? (given === undefined ? null : asText(given));
    const verdict = checkValue(value, definition, constant);
    if (verdict === null) {
      if (type === 'constant_keyword' && constant === null)
        this.#constants.set(field, asText(value));
      return;
    }
    if (verdict !== 'ignored' && !(verdict.malformed && this.#passes(field, definition))) {
      throw this.#refusal(
        `failed to parse field [${field}] of type [${asText(type)}] in document with id '${this.#id}': ${verdict.why}`,
      );
    }
    this.#ignored.add(field);
  }

  /** True if a malformed value of the field does not matter. */
  #passes(field: string, definition: JsonObject): boolean {
    if (this.#index.stream !== null && field === '@timestamp') return false;
    return asText(definition['ignore_malformed'] ?? this.#ignoresMalformed) === 'true';
  }

  /** The definition that the field gets; `null` if the field is left alone. */
  #unmapped(name: string, path: string, value: unknown, place: Place): JsonObject | null {
    const { dynamic, prefix } = place;
    if (dynamic === 'strict') {
      throw new ApiError(400, {
        type: 'strict_dynamic_mapping_exception',
        reason: `mapping set to strict, dynamic introduction of [${name}] within [${prefix === '' ? '_doc' : prefix.slice(0, -1)}] is not allowed`,
      });
    }
    const first = firstOf(value);
    if (dynamic === 'false' || first === null || this.#runtime.has(path)) return null;
    const { mapping } = this.#index;
    if (Object.hasOwn(asObject(mapping['runtime']), path)) return null;
    const { kind, definition } = deduce(mapping, path, first, dynamic === 'runtime');
    // objects of runtime fields are in no mapping
    if (dynamic === 'runtime' && isContainer(definition)) return definition;
    if (!this.#hasRoom(path, countDefinition(definition))) return null;
    (kind === 'runtime' ? this.#runtime : this.#added).set(path, definition);
    return kind === 'runtime' ? null : definition;
  }

  /** False if the field is left out because there are too many. */
  #hasRoom(path: string, size: number): boolean {
    const { mapping, settings } = this.#index;
    const limit = fieldLimit(settings);
    if (countFields(mapping) + this.#addedCount + size <= limit) {
      this.#addedCount += size;
      return true;
    }
    const ignores = 'index.mapping.total_fields.ignore_dynamic_beyond_limit';
    if (textSetting(settings, ignores) !== 'true')
      throw this.#refusal(`failed to parse: Limit of total fields [${limit}] has been exceeded`);
    this.#ignored.add(path);
    return false;
  }

  #extendMapping(): void {
    if (this.#added.size + this.#runtime.size + this.#constants.size === 0) return;
    const index = this.#index;
    this.#onNewFields(index);
    const constants = [...this.#constants].map(([field, value]): [string, JsonObject] => [
      field,
      { type: 'constant_keyword', value },
    ]);
    const properties = Object.fromEntries([...this.#added, ...constants]);
    const runtime = { ...asObject(index.mapping['runtime']), ...Object.fromEntries(this.#runtime) };
    index.mapping = extendMapping(index.mapping, {
      ...parseMapping({ properties }),
      ...(Object.keys(runtime).length > 0 ? { runtime } : {}),
    });
  }

  #refusal(reason: string): ApiError {
    return new ApiError(400, { type: 'document_parsing_exception', reason });
  }
}

/** The first value of nested lists that is not null; `null` if there is none. */
function firstOf(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  for (const item of value as unknown[]) {
    const first = firstOf(item);
    if (first !== null) return first;
  }
  return null;
}
