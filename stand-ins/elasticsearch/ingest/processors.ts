import { ApiError, notInStandIn, parseFailure } from '../errors.ts';
import { asText, isObject, type JsonObject, parseExact } from '../json/exact.ts';
import { fillTemplate, type IngestDocument } from './document.ts';
import { type Splice } from './splice.ts';

/** One step of a pipeline. */
export interface Processor {
  run(document: IngestDocument): void;
  /** The same on the text of a document, where the step is simple enough for that. */
  readonly splice: Splice | null;
}

const COMMON = ['description', 'ignore_failure', 'tag'];
const OPTIONS: Readonly<Record<string, readonly string[]>> = {
  remove: ['field', 'ignore_missing', 'keep'],
  set: ['copy_from', 'field', 'ignore_empty_value', 'media_type', 'override', 'value'],
};

/**
 * @throws {ApiError} 400 for what the server would refuse, 501 for what is missing here
 */
export function parseProcessors(given: unknown): Processor[] {
  if (!Array.isArray(given)) {
    const type = isObject(given) ? 'java.util.HashMap' : 'java.lang.String';
    throw parseFailure(`[processors] property isn't a list, but of type [${type}]`, {
      property_name: 'processors',
    });
  }
  return given.flatMap((item: unknown) =>
    Object.entries(isObject(item) ? item : {}).map(([type, options]) =>
      parseProcessor(type, isObject(options) ? options : {}),
    ),
  );
}

function parseProcessor(type: string, options: JsonObject): Processor {
  const known = OPTIONS[type];
  if (known === undefined) {
    throw parseFailure(`No processor type exists with name [${type}]`, { processor_type: type });
  }
  for (const name of ['if', 'on_failure']) {
    if (options[name] !== undefined) throw notInStandIn(`[${name}] of a processor`);
  }
  const inner = type === 'set' ? parseSet(options) : parseRemove(options);
  const unknown = Object.keys(options).filter((name) => ![...known, ...COMMON].includes(name));
  if (unknown.length > 0) {
    throw parseFailure(
      `processor [${type}] doesn't support one or more provided configuration parameters [${unknown.join(', ')}]`,
      { processor_type: type },
    );
  }
  const ignoreFailure = options['ignore_failure'] === true;
  return {
    splice: inner.splice,
    run: (document) => {
      try {
        inner.run(document);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        if (!ignoreFailure) throw withHeaders(error, type);
      }
    },
  };
}

function parseSet(options: JsonObject): Processor {
  const field = required(options, 'field', 'set');
  const override = options['override'] !== false;
  const ignoreEmpty = options['ignore_empty_value'] === true;
  const copyFrom = options['copy_from'];
  const { value } = options;
  if (copyFrom === undefined && value === undefined) required(options, 'value', 'set');
  if (copyFrom !== undefined && value !== undefined) {
    throw parseFailure('[copy_from] cannot be given together with [value]', {
      property_name: 'copy_from',
      processor_type: 'set',
    });
  }
  const toValue = (document: IngestDocument): unknown =>
    copyFrom === undefined
      ? fill(value, document)
      : copy(document.get(fillTemplate(asText(copyFrom), document)));
  return {
    splice: toSplice(field, copyFrom, value, override),
    run: (document) => {
      const path = fillTemplate(field, document);
      const before = document.find(path);
      if (!override && before !== undefined && before !== null) return;
      const filled = toValue(document);
      if (ignoreEmpty && (filled === null || filled === '')) return;
      document.set(path, filled);
    },
  };
}

function parseRemove(options: JsonObject): Processor {
  const { keep } = options;
  if (keep !== undefined) throw notInStandIn('[keep] of a remove processor');
  const given = options['field'];
  const fields = Array.isArray(given) ? given.map(String) : [required(options, 'field', 'remove')];
  const ignoreMissing = options['ignore_missing'] === true;
  const plain = fields.every((field) => !field.includes('{{'));
  return {
    splice: ignoreMissing && plain ? { kind: 'absent', paths: fields } : null,
    run: (document) => {
      for (const field of fields) {
        const path = fillTemplate(field, document);
        if (!ignoreMissing || document.find(path) !== undefined) document.remove(path);
      }
    },
  };
}

/** A step is simple where it sets a plain field to the time of arrival or to a constant. */
function toSplice(
  field: string,
  copyFrom: unknown,
  value: unknown,
  override: boolean,
): Splice | null {
  if (field.includes('{{') || field.startsWith('_')) return null;
  const path = field.split('.');
  const arrival =
    copyFrom === '_ingest.timestamp' ||
    (typeof value === 'string' && /^\{\{\{?\s*_ingest\.timestamp\s*\}?\}\}$/.test(value));
  if (arrival) return { kind: 'set', path, value: null, override };
  const constant =
    ['boolean', 'number'].includes(typeof value) ||
    (typeof value === 'string' && !value.includes('{{'));
  return copyFrom === undefined && constant
    ? { kind: 'set', path, value: JSON.stringify(value), override }
    : null;
}

function required(options: JsonObject, name: string, type: string): string {
  const value = options[name];
  if (value !== undefined) return asText(value);
  throw parseFailure(`[${name}] required property is missing`, {
    property_name: name,
    processor_type: type,
  });
}

/** Templates are filled at every depth of a value. */
function fill(value: unknown, document: IngestDocument): unknown {
  if (typeof value === 'string') return fillTemplate(value, document);
  if (Array.isArray(value)) return value.map((item) => fill(item, document));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, fill(inner, document)]),
  );
}

function copy(value: unknown): unknown {
  return parseExact(JSON.stringify(value));
}

/** The server names the processor in headers of the answer. */
function withHeaders(error: ApiError, type: string): ApiError {
  return new ApiError(error.status, error.fault, {
    headers: { ...error.headers, processor_type: type },
  });
}
