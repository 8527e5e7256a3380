import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { connect, type AddressInfo } from 'node:net';

/**
 * A proxy as a separate process that tunnels every name to this machine. Its only argument is JSON: `user`, the text
 * that must be in `Proxy-Authorization`; `answer`, a status for every tunnel, 0 for no answer; `tls`, whether clients
 * connect to it by TLS. `GET /` returns the requested hosts.
 */
const {
  user = null,
  answer = 200,
  tls = false,
} = JSON.parse(process.argv[2] ?? '{}') as {
  user?: string | null;
  answer?: number;
  tls?: boolean;
};
const expected = user === null ? undefined : `Basic ${Buffer.from(user).toString('base64')}`;
const tunnels: string[] = [];

const tell: http.RequestListener = (_request, response) => {
  response.end(JSON.stringify(tunnels));
};
const server = tls
  ? https.createServer({ cert: read('certificate'), key: read('key') }, tell)
  : http.createServer(tell);
server.on('connect', ({ url = '', headers }, socket, head) => {
  tunnels.push(url);
  socket.on('error', () => socket.destroy());
  if (answer === 0) return;
  const isKnown = expected === undefined || headers['proxy-authorization'] === expected;
  const status = isKnown ? answer : 407;
  if (status !== 200) {
    socket.end(`HTTP/1.1 ${status} No\r\nContent-Length: 0\r\n\r\n`);
    return;
  }
  const upstream = connect(Number(url.split(':').at(-1)), '127.0.0.1', () => {
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    upstream.write(head);
    upstream.pipe(socket).pipe(upstream);
  });
  upstream.on('error', () => socket.destroy());
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
});

function read(what: string): Buffer {
  return readFileSync(new URL(`../../../fixtures/tls/made-for-tests-${what}.pem`, import.meta.url));
}
