import { notInStandIn, parseFailure } from '../errors.ts';
import { type JsonObject } from '../json/exact.ts';
import { parseProcessors, type Processor } from './processors.ts';

export interface Pipeline {
  readonly id: string;
  /** As it was put. */
  readonly body: JsonObject;
  readonly processors: readonly Processor[];
}

const FIELDS = new Set(['_meta', 'deprecated', 'description', 'processors', 'version']);

/** @throws {ApiError} 400 for what the server would refuse */
export function parsePipeline(id: string, body: JsonObject): Pipeline {
  if (body['processors'] === undefined) {
    throw parseFailure('[processors] required property is missing', {
      property_name: 'processors',
    });
  }
  const processors = parseProcessors(body['processors']);
  if (body['on_failure'] !== undefined) throw notInStandIn('[on_failure] of a pipeline');
  const unknown = Object.keys(body).filter((name) => !FIELDS.has(name));
  if (unknown.length > 0) {
    throw parseFailure(
      `pipeline [${id}] doesn't support one or more provided configuration parameters [${unknown.join(', ')}]`,
    );
  }
  return { id, body, processors };
}
