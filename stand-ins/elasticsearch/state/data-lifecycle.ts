import { type JsonObject } from '../json/exact.ts';

/** A data stream lifecycle as the server shows it: `{"enabled":true,"data_retention":"5d"}`. */
export function showLifecycle(given: JsonObject): JsonObject {
  const { enabled = true, data_retention: retention, ...rest } = given;
  return { enabled, ...(retention === undefined ? {} : { data_retention: retention }), ...rest };
}

/** The same, with the retention that results from it. */
export function shownLifecycle(lifecycle: JsonObject): JsonObject {
  const { data_retention: retention } = lifecycle;
  if (retention === undefined) return lifecycle;
  return {
    ...lifecycle,
    effective_retention: retention,
    retention_determined_by: 'data_stream_configuration',
  };
}
