import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startElasticsearch } from '../stand-ins/elasticsearch/server.ts';

const NEWLINE = 0x0a;
const CREATED = '{"create":{"status":201}}';

/**
 * A program that serves as a very cheap sink: it only reads and acknowledges bulk requests to data streams. All other
 * requests go to a stand-in behind it, because a run needs its saved state.
 */
async function main(): Promise<void> {
  const behind = await startElasticsearch();
  const server = createServer((asked, answer) => {
    if (/^\/logs-[^/]*\/_bulk/.test(asked.url ?? '')) acknowledge(asked, answer);
    else forward(behind.port, asked, answer);
  });
  server.keepAliveTimeout = 0; // as the stand-in
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo;
    process.stdout.write(`listening on http://127.0.0.1:${port}\n`);
  });
  process.once('SIGTERM', () => {
    server.close();
    server.closeAllConnections();
    void behind.close();
  });
}

/** Two lines are one document. */
function acknowledge(asked: IncomingMessage, answer: ServerResponse): void {
  let lines = 0;
  asked.on('data', (piece: Buffer) => {
    for (let at = piece.indexOf(NEWLINE); at !== -1; at = piece.indexOf(NEWLINE, at + 1)) {
      lines += 1;
    }
  });
  asked.on('end', () => {
    answer
      .writeHead(200, {
        'content-type': 'application/vnd.elasticsearch+json;compatible-with=8',
        'x-elastic-product': 'Elasticsearch',
      })
      .end(
        `{"errors":false,"items":[${Array(lines / 2)
          .fill(CREATED)
          .join()}]}`,
      );
  });
}

function forward(port: number, asked: IncomingMessage, answer: ServerResponse): void {
  const { method, url: path, headers } = asked;
  const passed = request({ host: '127.0.0.1', port, method, path, headers }, (answered) => {
    answer.writeHead(answered.statusCode ?? 502, answered.headers);
    answered.pipe(answer);
  });
  passed.on('error', (error) => answer.destroy(error));
  asked.pipe(passed);
}

await main();
