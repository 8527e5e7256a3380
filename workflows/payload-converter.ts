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
 * Workflows receive and send JSON. A payload that is not JSON becomes {@link Undecodable} and causes no error. The
 * converter is part of the bundle, so that workers and replays use the same one. Activities decode as usual and may
 * fail.
 */
export const payloadConverter: PayloadConverter = {
  toPayload: (value) => JSON_ONLY.toPayload(value),
  fromPayload: (payload) => {
    try {
      return JSON_ONLY.fromPayload(payload);
    } catch {
      // without the reason: the message of a parser quotes the text that it parses
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
