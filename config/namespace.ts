import { Fault } from './fault.ts';
import type { Kind } from './setting.ts';

const MAX_BYTES = 100;

/**
 * The last part of a data stream's name. A hyphen is refused, because it separates the parts of the name: Elasticsearch
 * would accept it, but ECS and Fleet do not.
 *
 * @see https://www.elastic.co/docs/reference/ecs/ecs-data_stream "must not contain -", at most 100
 *   characters; Fleet's `isValidNamespace` (elastic/kibana) counts bytes and refuses the colon too
 */
export const namespace: Kind<string> = {
  read: (text) => {
    if (text !== text.toLowerCase()) return new Fault('has upper-case letters');
    const [character] = /[*\\/?"<>|\s,#:\-\p{Cc}]/u.exec(text) ?? [];
    if (character !== undefined) return new Fault(`has ${JSON.stringify(character)} in it`);
    return Buffer.byteLength(text) > MAX_BYTES
      ? new Fault(`is longer than ${MAX_BYTES} bytes`)
      : text;
  },
  expected: `at most ${MAX_BYTES} bytes, lower case, without blanks and * \\ / ? " < > | , # : -`,
};
