import { request as ask, type IncomingHttpHeaders } from 'node:http';
import { buffer } from 'node:stream/consumers';

/** Passes a request on to a server, and returns its whole answer. */
export function passOn(
  url: string,
  method: string,
  headers: IncomingHttpHeaders,
  body: Buffer,
): Promise<{ status: number; headers: IncomingHttpHeaders; body: Buffer }> {
  return new Promise((resolve, reject) => {
    const onward = ask(url, { method, headers }, (answer) => {
      const { statusCode: status = 500, headers: answered } = answer;
      buffer(answer).then((all) => resolve({ status, headers: answered, body: all }), reject);
    });
    onward.on('error', reject);
    onward.end(body);
  });
}
