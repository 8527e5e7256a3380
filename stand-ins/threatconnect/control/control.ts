import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ChangeError } from '../changes.ts';
import { parseTarget } from '../parameters.ts';
import { parseKeepingNumbers } from '../raw-json.ts';
import type { Simulator } from '../simulator.ts';
import { toLines } from './dumps.ts';
import { HANDLERS, Lines } from './handlers.ts';
import { ControlError } from './input.ts';

/**
 * Does what a request under `/_sim/` asks.
 *
 * @throws {ControlError | ChangeError}
 */
export function callControl(
  simulator: Simulator,
  method: string,
  rawTarget: string,
  body: string,
): unknown {
  const { path, pairs } = parseTarget(rawTarget);
  const handler = HANDLERS[`${method} ${path}`];
  if (handler === undefined) throw unknownRoute(method, path);
  if (pairs === null) throw new ControlError('the query is badly encoded');
  simulator.late.settle(simulator.clock.nowMs());
  return handler(simulator, { pairs, body: parseBody(body) });
}

/** Answers a request under `/_sim/`: JSON in and out, without authentication; errors are `{"error":"…"}`. */
export async function control(
  simulator: Simulator,
  method: string,
  rawTarget: string,
  body: string,
  response: ServerResponse,
): Promise<void> {
  let result: unknown;
  try {
    result = callControl(simulator, method, rawTarget, body);
  } catch (error) {
    if (!(error instanceof ControlError || error instanceof ChangeError)) throw error;
    const status = error instanceof ControlError ? error.status : 400;
    response.writeHead(status, { 'Content-Type': 'application/json' });
    response.end(`${JSON.stringify({ error: error.message })}\n`);
    return;
  }
  if (result instanceof Lines) {
    response.writeHead(200, { 'Content-Type': 'application/x-ndjson' });
    await pipeline(Readable.from(toLines(result.lines)), response);
    return;
  }
  response.writeHead(200, { 'Content-Type': 'application/json' });
  response.end(`${JSON.stringify(result)}\n`);
}

function parseBody(body: string): unknown {
  if (body.trim() === '') return {};
  try {
    return parseKeepingNumbers(body);
  } catch {
    throw new ControlError('the body is not JSON', 400);
  }
}

function unknownRoute(method: string, path: string): ControlError {
  const known = Object.keys(HANDLERS).filter((route) => route.endsWith(` ${path}`));
  if (known.length > 0) return new ControlError(`${method} is not among: ${known.join(', ')}`, 405);
  return new ControlError(`no ${path}; known: ${Object.keys(HANDLERS).join(', ')}`, 404);
}
