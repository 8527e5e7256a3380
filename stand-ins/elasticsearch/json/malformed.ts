import { ApiError, type Fault } from '../errors.ts';

/** Why a text is no JSON: the types are the server's, the words are not. */
export function malformedJson(text: string): Fault {
  const problem = problemOf(text);
  const [, at] = /at position (\d+)/.exec(problem) ?? [];
  const ended = at === undefined ? problem.includes('end of JSON') : Number(at) >= text.length;
  return {
    type: ended ? 'x_content_e_o_f_exception' : 'x_content_parse_exception',
    reason: problem,
    caused_by: { type: ended ? 'json_e_o_f_exception' : 'json_parse_exception', reason: problem },
  };
}

/** @throws {ApiError} 400 for a text that is no JSON */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError(400, malformedJson(text));
  }
}

function problemOf(text: string): string {
  try {
    JSON.parse(text);
    return 'a name that an object has twice'; // nothing else is sound for JavaScript alone
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
