import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { SECRET, startLine, type Line } from './line.ts';

type Span = { name: string; traceId: string; spanId: string; parentSpanId?: string };
type Export = { resourceSpans: { resource: unknown; scopeSpans: { spans: Span[] }[] }[] };

describe('with OTEL_EXPORTER_OTLP_ENDPOINT', () => {
  const exports: Export[] = [];
  const collector = createServer((request, response) => {
    void json(request).then((body) => {
      assert.equal(request.url, '/v1/traces');
      exports.push(body as Export);
      response.setHeader('content-type', 'application/json').end('{}');
    });
  });
  let line: Line;
  before(async () => {
    collector.listen(0, '127.0.0.1');
    await once(collector, 'listening');
    const { port } = collector.address() as AddressInfo;
    line = await startLine({
      records: 200,
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` },
    });
  });
  after(async () => {
    await line.stop();
    collector.close();
  });

  test('a run and its activities are one trace, and the worker sends it before it ends', async () => {
    assert.equal(await line.processes.tcsync(['apply'], line.env), 0);
    const refusal = { status: 'Failure', message: `bad filter ${SECRET}` };
    await line.source.post('/_sim/faults', {
      on: 'page',
      after: 0,
      times: 9,
      fault: {
        kind: 'status',
        status: 400,
        contentType: 'application/json',
        headers: {},
        body: JSON.stringify(refusal),
      },
    });
    assert.equal(await line.processes.tcsync(['run'], line.env), 1);
    await line.source.delete('/_sim/faults');
    assert.equal(await line.processes.tcsync(['run'], line.env), 0);
    assert.equal(await line.processes.stop('the worker'), 0);
    const spans = exports
      .flatMap(({ resourceSpans }) => resourceSpans)
      .flatMap(({ scopeSpans }) => scopeSpans)
      .flatMap(({ spans: some }) => some);
    const run = spans.filter(({ name }) => name === 'RunWorkflow:syncFeed');
    assert.equal(run.length, 2, spans.map(({ name }) => name).join());
    const ofRun = spans.filter(({ traceId }) => traceId === run.at(-1)?.traceId);
    for (const activity of ['openWindow', 'syncPage', 'commitWindow']) {
      const started = ofRun.find(({ name }) => name === `StartActivity:${activity}`);
      const ran = ofRun.find(({ name }) => name === `RunActivity:${activity}`);
      assert.ok(started !== undefined && ran !== undefined, activity);
      assert.equal(ran.parentSpanId, started.spanId);
    }
    const text = JSON.stringify(exports);
    assert.ok(text.includes('"tcsync"'), 'the service has its name');
    assert.ok(text.includes('bad filter [secret]'), 'a failure is told, without the secret in it');
    assert.ok(!text.includes('s3cr3t'));
  });
});
