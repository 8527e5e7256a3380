import type { ServerResponse } from 'node:http';
import type { Fault } from '../faults.ts';
import type { Answer } from './answer.ts';
import { pause } from './pause.ts';

/** Writes the answer, or the part that the fault allows. @returns how many bytes of the body were written */
export async function send(
  response: ServerResponse,
  answer: Answer,
  fault: Fault | null,
  nowMs: number,
  gone: AbortSignal,
): Promise<number> {
  if (fault?.kind === 'reset') {
    response.socket?.resetAndDestroy();
    return 0;
  }
  if (gone.aborted) return 0;
  const { body } = answer;
  response.sendDate = false;
  response.writeHead(answer.status, {
    Date: new Date(nowMs).toUTCString(),
    'Content-Type': answer.contentType,
    ...(fault?.kind === 'drip' ? {} : { 'Content-Length': body.length }),
    ...answer.headers,
  });
  if (fault?.kind === 'cut') {
    const end = Math.min(fault.atBytes ?? Math.floor(body.length / 2), body.length);
    response.write(body.subarray(0, end), () => response.destroy());
    return end;
  }
  if (fault?.kind === 'drip') return drip(response, gone);
  if (fault?.kind === 'slow') return sendSlowly(response, body, fault, gone);
  response.end(body);
  return body.length;
}

const DRIP_MS = 250;

/** Sends blanks forever. JSON may begin with blanks, so a client with only an idle timeout waits forever. */
async function drip(response: ServerResponse, gone: AbortSignal): Promise<number> {
  let written = 0;
  while (!gone.aborted) {
    response.write(' ');
    written++;
    await pause(DRIP_MS, gone);
  }
  return written;
}

async function sendSlowly(
  response: ServerResponse,
  body: Buffer,
  { chunkBytes, msPerChunk }: Extract<Fault, { kind: 'slow' }>,
  gone: AbortSignal,
): Promise<number> {
  let at = 0;
  while (at < body.length && !gone.aborted) {
    if (at > 0) await pause(msPerChunk, gone);
    response.write(body.subarray(at, at + chunkBytes));
    at += chunkBytes;
  }
  response.end();
  return Math.min(at, body.length);
}
