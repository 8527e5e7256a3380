import { type ApiError, illegalArgument, notInStandIn, parseFailure } from '../errors.ts';
import { asText, isObject, type JsonObject } from '../json/exact.ts';

export interface Pipeline {
  readonly id: string;
  /** As it was put. */
  readonly body: JsonObject;
  readonly steps: readonly Step[];
}

/** The only processor of the stand-in: `set`. */
export interface Step {
  readonly path: readonly string[];
  /** `null`: the time of arrival. */
  readonly value: unknown;
  /** False: a value that the document brings stays. */
  readonly override: boolean;
}

const FIELDS = ['_meta', 'description', 'processors', 'version'];
const SET_FIELDS = ['copy_from', 'description', 'field', 'override', 'value'];
const ARRIVAL = '_ingest.timestamp';

/** @throws {ApiError} 400 for a body that is no pipeline, 501 for a value that the stand-in cannot make */
export function parsePipeline(id: string, body: JsonObject): Pipeline {
  const { processors } = body;
  refuseOthers(`pipeline [${id}]`, body, FIELDS);
  if (!Array.isArray(processors)) throw parseFailure('[processors] is a list');
  const steps = processors.flatMap((item: unknown) =>
    Object.entries(isObject(item) ? item : {}).map(([type, options]) => {
      if (type !== 'set') throw parseFailure(`No processor type [${type}] in this stand-in`);
      return parseSet(isObject(options) ? options : {});
    }),
  );
  return { id, body, steps };
}

function parseSet(options: JsonObject): Step {
  refuseOthers('processor [set]', options, SET_FIELDS);
  const { copy_from: copied, field, override, value } = options;
  if (typeof field !== 'string') throw parseFailure('[field] required property is missing');
  if ((copied === undefined) === (value === undefined)) {
    throw parseFailure('a set processor needs one of [value] and [copy_from]');
  }
  if (field.startsWith('_')) throw notInStandIn(`a pipeline that sets [${field}]`);
  const shown = asText(copied ?? value);
  const isArrival = copied === ARRIVAL || /^\{\{\{?\s*_ingest\.timestamp\s*\}?\}\}$/.test(shown);
  if (!isArrival && (copied !== undefined || value === null || shown.includes('{{'))) {
    throw notInStandIn(`a set processor with [${shown}]`);
  }
  return {
    path: field.split('.'),
    value: isArrival ? null : value,
    override: override !== false,
  };
}

function refuseOthers(what: string, given: JsonObject, known: readonly string[]): void {
  const other = Object.keys(given).find((name) => !known.includes(name));
  if (other !== undefined) throw parseFailure(`${what} doesn't support [${other}]`);
}

export function missingPipeline(id: string): ApiError {
  return illegalArgument(`pipeline with id [${id}] does not exist`);
}
