import {
  CompositePayloadConverter,
  JsonPayloadConverter,
  UndefinedPayloadConverter,
  type Payload,
  type PayloadConverter,
} from '@temporalio/common';
import { decode } from '@temporalio/common/lib/encoding.js';
import { Undecodable } from './undecodable.ts';

const ENCODING_CHARACTERS_MAX = 100;

const JSON_ONLY = new CompositePayloadConverter(
  new UndefinedPayloadConverter(),
  new JsonPayloadConverter(),
);

/**
 * What workflows are sent and send: JSON. Anything else is {@link Undecodable} to them, and no error. It goes into
 * the bundle, so that workers and replays have it alike; activities decode as ever, and may fail.
 */
export const payloadConverter: PayloadConverter = {
  toPayload: (value) => JSON_ONLY.toPayload(value),
  fromPayload: (payload) => {
    try {
      return JSON_ONLY.fromPayload(payload);
    } catch {
      // not why: the words of a parser quote what it parses
      return new Undecodable(encodingOf(payload)) as never;
    }
  },
};

function encodingOf({ metadata }: Payload): string | null {
  const encoding = metadata?.encoding;
  return encoding === undefined || encoding === null
    ? null
    : decode(encoding).slice(0, ENCODING_CHARACTERS_MAX);
}
