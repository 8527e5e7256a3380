import type { estypes } from '@elastic/elasticsearch';
import { changesText, differences, type Difference } from './differences.ts';

/** Settings and mappings of an index, or those that a template gives to a new one. */
export type IndexDefinition = {
  /** As Elasticsearch shows them: `{ index: { mode: 'standard' } }`. */
  settings: object;
  mappings: estypes.MappingTypeMapping;
};

/** A field whose definition is another than the wanted one. */
export type FieldDifference = {
  field: string;
  /** `null`: not mapped. */
  is: string | null;
  should: string;
  /** No request changes the type of a field. Other parameters may be changed. */
  isOtherType: boolean;
  /** The wanted definition, with what the found one has beyond it. */
  definition: estypes.MappingProperty;
};

export type IndexDifferences = {
  settings: Difference[];
  /** `dynamic` and `date_detection`. */
  root: Difference[];
  fields: FieldDifference[];
};

/** What is wanted and is not so. Settings and fields that nobody wants, such as those of dynamic mapping, are no difference. */
export function indexDifferences(
  found: IndexDefinition,
  wanted: IndexDefinition,
): IndexDifferences {
  return {
    settings: missing(found.settings, wanted.settings),
    root: missing(rootOf(found.mappings), rootOf(wanted.mappings)),
    fields: fieldDifferences(found.mappings.properties, wanted.mappings.properties, ''),
  };
}

/** Texts for a person, the most important ones first. */
export function differencesText({ settings, root, fields }: IndexDifferences): string[] {
  return [
    ...changesText(settings),
    ...fields.map(({ field, is, should }) => `${field}: ${is ?? 'not mapped'} → ${should}`),
    ...changesText(root),
  ];
}

/** At most this many differences are named in a sentence. */
const NAMED = 5;

export function listedDifferences(all: readonly string[]): string {
  const rest = all.length - NAMED;
  return `${all.slice(0, NAMED).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

/** The wanted definitions of some fields, as a request that changes a mapping needs them. */
export function propertiesOf(
  fields: readonly FieldDifference[],
): Record<string, estypes.MappingProperty> {
  const root: Properties = {};
  for (const { field, definition } of fields) {
    const path = field.split('.');
    const leaf = path.pop() ?? field;
    let place = root;
    for (const key of path) {
      const object = (place[key] ??= { properties: {} }) as { properties: Properties };
      place = object.properties;
    }
    place[leaf] = definition;
  }
  return root;
}

type Properties = Record<string, estypes.MappingProperty>;
type Node = { type?: string; properties?: Properties };

function missing(found: object, wanted: object): Difference[] {
  return differences(found, wanted).filter(({ should }) => should !== null);
}

function rootOf({ dynamic, date_detection }: estypes.MappingTypeMapping): object {
  return { dynamic, date_detection };
}

function fieldDifferences(
  found: Properties = {},
  wanted: Properties = {},
  prefix: string,
): FieldDifference[] {
  return Object.entries(wanted).flatMap(([name, property]) => {
    const field = prefix + name;
    const [is, should] = [(found[name] ?? null) as Node | null, property as Node];
    const types = [typeOf(is), typeOf(should)] as const;
    if (is !== null && types[0] !== types[1]) {
      return [{ field, is: types[0], should: types[1], isOtherType: true, definition: property }];
    }
    // a nested object, or one with parameters, comes as a whole
    const isWhole = is === null && Object.keys(should).some((key) => key !== 'properties');
    if (should.properties !== undefined && !isWhole) {
      return fieldDifferences(is?.properties, should.properties, `${field}.`);
    }
    const parameters = is === null ? [] : missing(is, should).filter(isShown);
    if (is !== null && parameters.length === 0) return [];
    const texts =
      is === null ? [null, types[1]] : [textOf(parameters, 'is'), textOf(parameters, 'should')];
    const definition = { ...is, ...should } as estypes.MappingProperty;
    return [
      { field, is: texts[0] ?? null, should: texts[1] ?? '', isOtherType: false, definition },
    ];
  });
}

function typeOf(node: Node | null): string {
  return node?.type ?? 'object';
}

/** Elasticsearch leaves out `ignore_malformed: false` if that is the default of the index. */
function isShown({ path, is, should }: Difference): boolean {
  return !(path.endsWith('ignore_malformed') && should === 'false' && is === null);
}

function textOf(parameters: readonly Difference[], side: 'is' | 'should'): string {
  return parameters.map((one) => `${one.path} ${one[side] ?? 'not set'}`).join(', ');
}
