import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startThreatConnect, type ThreatConnectOptions } from '../server.ts';
import { Control } from '../../control.ts';

const ACCESS_ID = '12345678901234567890';
const SECRET = 's3cr3t$%Key/+=&with^odd!chars';

export type Row = Record<string, unknown> & { id: string };

export type Answer = {
  status: number;
  text: string;
  contentType: string;
  /** The rows of `data`; one row for a single object. Ids are strings. */
  rows: Row[];
  body: Record<string, unknown>;
};

export type Asked = {
  method?: string;
  body?: string;
  headers?: Record<string, string>;
  accessId?: string;
  secret?: string;
};

/** The stand-in over real HTTP, as clients and tests use it. */
export type UnderTest = {
  control: Control;
  url: string;
  /** Signs and sends the target unchanged. */
  ask(target: string, asked?: Asked): Promise<Answer>;
  /** `GET /api/v3/<list>` with these parameters; the key of a list is repeated. */
  list(
    list: string,
    parameters: Record<string, string | number | readonly string[]>,
  ): Promise<Answer>;
  close(): Promise<void>;
};

/** @param records replace the generated ones */
export async function startUnderTest(
  options: ThreatConnectOptions = {},
  records: readonly string[] = [],
): Promise<UnderTest> {
  const folder = mkdtempSync(path.join(tmpdir(), 'tcsync-tc-'));
  const dataFile = path.join(folder, 'records.ndjson');
  writeFileSync(dataFile, records.join('\n'));
  const server = await startThreatConnect({
    credentials: { accessId: ACCESS_ID, secretKey: SECRET },
    ...(records.length > 0 ? { dataFile } : {}),
    ...options,
  });
  const control = new Control(server.url);
  const ask = async (target: string, asked: Asked = {}): Promise<Answer> => {
    const { nowMs } = await control.get<{ nowMs: number }>('/_sim/clock');
    return send(server.port, target, asked, Math.floor(nowMs / 1000));
  };
  return {
    control,
    url: server.url,
    ask,
    list: (list, parameters) => ask(`/api/v3/${list}?${toQuery(parameters)}`),
    close: async () => {
      await server.close();
      rmSync(folder, { recursive: true });
    },
  };
}

export function toQuery(parameters: Record<string, string | number | readonly string[]>): string {
  return Object.entries(parameters)
    .flatMap(([key, value]) => (Array.isArray(value) ? value : [value]).map((each) => [key, each]))
    .map(([key, value]) => `${String(key)}=${encodeURIComponent(String(value))}`)
    .join('&');
}

export function idsOf({ rows }: Answer): string[] {
  return rows.map(({ id }) => id);
}

function send(port: number, target: string, asked: Asked, timestamp: number): Promise<Answer> {
  const { method = 'GET', body = '', accessId = ACCESS_ID, secret = SECRET } = asked;
  const signature = createHmac('sha256', secret)
    .update(`${target}:${method}:${timestamp}`)
    .digest('base64');
  const headers = asked.headers ?? {
    Timestamp: String(timestamp),
    Authorization: `TC ${accessId}:${signature}`,
    ...(body === '' ? {} : { 'Content-Length': String(Buffer.byteLength(body)) }),
  };
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: '127.0.0.1', port, path: target, method, headers, agent: false },
      (response) => {
        const pieces: Buffer[] = [];
        response.on('data', (piece: Buffer) => pieces.push(piece));
        response.on('error', reject);
        response.on('end', () => {
          const contentType = response.headers['content-type'] ?? '';
          const text = Buffer.concat(pieces).toString();
          resolve(new Received(response.statusCode ?? 0, contentType, text));
        });
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Parses the body only when a test needs it: some answers are not JSON. */
class Received implements Answer {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;

  constructor(status: number, contentType: string, text: string) {
    this.status = status;
    this.contentType = contentType;
    this.text = text;
  }

  get body(): Record<string, unknown> {
    const exact = this.text.replaceAll(/"id":\s*(\d+)/g, '"id":"$1"');
    return JSON.parse(exact) as Record<string, unknown>;
  }

  get rows(): Row[] {
    const { data = [] } = this.body;
    return (Array.isArray(data) ? data : [data]) as Row[];
  }
}
