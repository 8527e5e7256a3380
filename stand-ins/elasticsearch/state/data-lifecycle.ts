import { type JsonObject } from '../json/exact.ts';

/** A data stream lifecycle as the server shows it: `{"enabled":true,"data_retention":"5d"}`. */
export function showLifecycle(given: JsonObject): JsonObject {
  const { enabled = true, data_retention: retention, ...rest } = given;
  return { enabled, ...(retention === undefined ? {} : { data_retention: retention }), ...rest };
}
