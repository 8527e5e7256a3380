import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import * as fc from 'fast-check';

import { runPipelines } from '../ingest/run.ts';
import { parsePipeline } from '../ingest/pipeline.ts';
import { Cluster } from '../state/cluster.ts';

const NOW = '2026-11-24T10:00:00.000Z';

function clusterWith(...processors: unknown[]): Cluster {
  const cluster = new Cluster('8.19.0');
  cluster.clock.change({ nowMs: Date.parse(NOW) });
  cluster.pipelines.set('p', parsePipeline('p', { processors }));
  return cluster;
}

function run(cluster: Cluster, text: string): string {
  return Buffer.concat([
    ...runPipelines(cluster, ['p'], Buffer.from(text), 'index', 'id').pieces,
  ]).toString();
}

describe('a pipeline on the text of a document', () => {
  const stamp = { set: { field: 'event.ingested', copy_from: '_ingest.timestamp' } };
  // an equal step that cannot be carried out on the text
  const slowStamp = {
    set: { field: 'event.ingested', value: '{{{_ingest.timestamp}}}{{{nope}}}' },
  };
  const drop = { remove: { field: ['gone', 'event.gone'], ignore_missing: true } };

  test('does what the same pipeline does on the parsed document', () => {
    const key = fc.constantFrom('event', 'ingested', 'gone', 'a', 'b"c');
    const event = fc.dictionary(key, fc.oneof(fc.string(), fc.integer(), fc.constant(null)), {
      noNullPrototype: true,
    });
    const document = fc.record(
      { event, a: fc.jsonValue(), gone: fc.jsonValue(), '@timestamp': fc.string() },
      { requiredKeys: [], noNullPrototype: true },
    );
    const [fast, slow] = [clusterWith(stamp, drop), clusterWith(slowStamp, drop)];
    fc.assert(
      fc.property(document, (source) => {
        const text = JSON.stringify(source);
        assert.deepEqual(JSON.parse(run(fast, text)), JSON.parse(run(slow, text)));
      }),
    );
  });

  for (const [before, after] of [
    ['{"event":{"id":"a"},"n":1.0}', `{"event":{"ingested":"${NOW}","id":"a"},"n":1.0}`],
    ['{"event": { } }', `{"event": {"ingested":"${NOW}" } }`],
    ['{}', `{"event":{"ingested":"${NOW}"}}`],
    [' { "n" : 1 }', ` {"event":{"ingested":"${NOW}"}, "n" : 1 }`],
    ['{"event":{"ingested": {"a":[1]} ,"b":2}}', `{"event":{"ingested": "${NOW}" ,"b":2}}`],
    [
      '{"n":12345678901234567890,"gone":1}',
      `{"event":{"ingested":"${NOW}"},"n":12345678901234567890}`,
    ],
  ] as const) {
    test(`${before} becomes ${after}`, () => {
      assert.deepEqual(JSON.parse(run(clusterWith(stamp, drop), before)), JSON.parse(after));
      if (!before.includes('gone')) assert.equal(run(clusterWith(stamp, drop), before), after);
    });
  }

  test('a time that is there stays where it may not be replaced', () => {
    const cluster = clusterWith({
      set: { field: '@timestamp', copy_from: '_ingest.timestamp', override: false },
    });
    assert.equal(run(cluster, '{"@timestamp":"x"}'), '{"@timestamp":"x"}');
    assert.equal(run(cluster, '{"@timestamp":null}'), `{"@timestamp":"${NOW}"}`);
    assert.equal(run(cluster, '{"a":1}'), `{"@timestamp":"${NOW}","a":1}`);
  });

  test('integers beyond 2^53 survive a step on the parsed document', () => {
    const cluster = clusterWith({ set: { field: 'copy', copy_from: 'n' } });
    assert.equal(
      run(cluster, '{"n":9007199254740993}'),
      '{"n":9007199254740993,"copy":9007199254740993}',
    );
  });

  test('a step that may fail leaves the document to the next one', () => {
    const cluster = clusterWith(
      { set: { field: 'a', copy_from: 'none', ignore_failure: true } },
      { set: { field: 'b', value: 'yes' } },
    );
    assert.equal(run(cluster, '{"n":1}'), '{"n":1,"b":"yes"}');
  });
});
