import { ApiError, type Fault, parsingError } from '../errors.ts';
import { isObject, type JsonObject } from './exact.ts';

/** @throws {ApiError} 400 if the text is no JSON, or if one of its objects has a name twice */
export function parseJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw malformed(text, error instanceof Error ? error.message : String(error));
  }
  // each member of an object has one colon; JSON.parse keeps the last of two members with one name
  if (countColons(text) !== countMembers(value))
    throw malformed(text, 'an object has a name twice');
  return value;
}

export function parseJsonObject(text: string): JsonObject {
  const value = parseJson(text);
  if (!isObject(value)) throw parsingError('Expected [START_OBJECT]');
  return value;
}

/** @param at position of the opening quote of a valid string @returns the position after the closing quote */
export function endOfString(text: string, at: number): number {
  let end = text.indexOf('"', at + 1);
  while (end > 0 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end + 1;
}

function isEscaped(text: string, at: number): boolean {
  let first = at;
  while (text[first - 1] === '\\') first -= 1;
  return (at - first) % 2 === 1;
}

function countColons(text: string): number {
  let colons = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x22) at = endOfString(text, at) - 1;
    else if (code === 0x3a) colons += 1;
  }
  return colons;
}

function countMembers(value: unknown): number {
  let members = 0;
  if (Array.isArray(value)) for (const item of value) members += countMembers(item);
  else if (isObject(value)) {
    for (const name of Object.keys(value)) members += 1 + countMembers(value[name]);
  }
  return members;
}

/** The types are those of the server, the words are not. */
function malformed(text: string, problem: string): ApiError {
  const [, at] = /at position (\d+)/.exec(problem) ?? [];
  const ended = at === undefined ? problem.includes('end of JSON') : Number(at) >= text.length;
  const cause: Fault = {
    type: ended ? 'json_e_o_f_exception' : 'json_parse_exception',
    reason: problem,
  };
  return new ApiError(400, {
    type: ended ? 'x_content_e_o_f_exception' : 'x_content_parse_exception',
    reason: problem,
    caused_by: cause,
  });
}
