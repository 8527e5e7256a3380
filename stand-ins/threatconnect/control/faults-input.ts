import { codeForStatus, errorBody } from '../api-error.ts';
import { html } from '../api/answer.ts';
import type { ArmedFault, Fault } from '../faults.ts';
import {
  ControlError,
  optional,
  toFields,
  toInteger,
  toOneOf,
  toText,
  type Fields,
} from './input.ts';

const KINDS_OF_REQUEST = [
  ...(['page', 'count', 'owners', 'single', 'deleted', 'related', 'other', 'any'] as const),
] as const;

/** Keys of each fault besides `kind`. */
const KEYS: Readonly<Record<Fault['kind'], readonly string[]>> = {
  status: ['status', 'body', 'contentType', 'headers'],
  html200: [],
  statusError: [],
  notJson: [],
  cut: ['atBytes'],
  reset: [],
  slow: ['msPerChunk', 'chunkBytes'],
  drip: [],
  disorder: [],
  hold: [],
  notLicensed: [],
  tqlTimeout: [],
};

const KINDS_OF_FAULT = [
  ...(['status', 'html200', 'statusError', 'notJson', 'cut'] as const),
  ...(['reset', 'slow', 'drip', 'disorder', 'hold', 'notLicensed', 'tqlTimeout'] as const),
];

export function toArmedFault(body: unknown): ArmedFault {
  const fields = toFields(body, 'the body', ['on', 'after', 'times', 'fault']);
  return {
    on: optional(fields, 'on', 'any', (value, what) => toOneOf(value, what, KINDS_OF_REQUEST)),
    after: optional(fields, 'after', 0, (value, what) => toInteger(value, what, 0)),
    times: optional(fields, 'times', null, (value, what) => toInteger(value, what, 1)),
    fault: toFault(fields['fault']),
  };
}

function toFault(value: unknown): Fault {
  const kind = toOneOf(toFields(value, '"fault"', null)['kind'], '"kind"', KINDS_OF_FAULT);
  const fields = toFields(value, `the fault "${kind}"`, ['kind', ...KEYS[kind]]);
  const integer = <P>(key: string, preset: P, least: number): number | P =>
    optional(fields, key, preset, (each, what) => toInteger(each, what, least));
  switch (kind) {
    case 'status':
      return toStatusFault(fields);
    case 'cut':
      return { kind, atBytes: integer('atBytes', null, 0) };
    case 'slow':
      return {
        kind,
        msPerChunk: integer('msPerChunk', 1, 0),
        chunkBytes: integer('chunkBytes', 1024, 1),
      };
    default:
      return { kind };
  }
}

/** Default body: an HTML page for the statuses that proxies use, the API's error for all others. */
function toStatusFault(fields: Fields): Fault {
  const status = toInteger(fields['status'], '"status"', 200);
  if (status > 599) throw new ControlError('"status" must be one from 200 to 599');
  const byProxy = status === 413 || status >= 502;
  const preset = byProxy
    ? html(status, `${status} Server Error`).body.toString()
    : errorBody(codeForStatus(status), `Status ${status} on demand`);
  const body = optional(fields, 'body', preset, toText);
  const type = body.trimStart().startsWith('{') ? 'application/json' : 'text/html';
  return {
    kind: 'status',
    status,
    body,
    contentType: optional(fields, 'contentType', type, toText),
    headers: optional(fields, 'headers', {}, toHeaders),
  };
}

function toHeaders(value: unknown, what: string): Record<string, string> {
  const entries = Object.entries(toFields(value, what, null));
  return Object.fromEntries(entries.map(([key, text]) => [key, toText(text, `${what}: ${key}`)]));
}
