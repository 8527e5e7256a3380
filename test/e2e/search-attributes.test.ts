import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { FEED, NAMESPACE, STATE } from '../../contracts/search-attributes.ts';
import { tcsync } from '../tcsync.ts';
import { startLine, type Line } from './line.ts';

/** `INDEXED_VALUE_TYPE_TEXT` of temporal/api/enums/v1/common.proto */
const TEXT = 1;
const KEYWORD = 2;

/** A development server has room for ten of a type. */
const OTHERS = 9;

type Report = { searchAttributes: { searchAttribute: string; state: string; detail: string }[] };

describe('a search attribute that exists with another type', { timeout: 300_000 }, () => {
  let line: Line;
  before(async () => {
    line = await startLine({ records: 100 });
    await line.temporal.connection.operatorService.addSearchAttributes({
      namespace: 'default',
      // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- the client does not export the enum
      searchAttributes: { TcsyncFeed: TEXT },
    });
  });
  after(() => line.stop());

  test('is always reported as blocked, with its type, and the others are created', async () => {
    for (const others of ['created', 'ok']) {
      const { code, stdout, stderr } = await tcsync(['apply', '--json'], line.env);
      const { searchAttributes } = JSON.parse(stdout) as Report;
      assert.deepEqual(
        searchAttributes.map(({ searchAttribute, state }) => `${searchAttribute} ${state}`),
        [`TcsyncNamespace ${others}`, 'TcsyncFeed blocked', `TcsyncState ${others}`],
        stderr,
      );
      assert.match(
        searchAttributes[1]?.detail ?? '',
        /^exists as Text.*: temporal operator search-attribute remove --name TcsyncFeed --namespace default --address \S+:\d+, then/,
      );
      assert.equal(code, 3);
    }
  });

  test('does not stop runs from being found by the others', async () => {
    assert.equal(await line.processes.tcsync(['run'], line.env), 0);
    const found = line.temporal.workflow.list({ query: `${NAMESPACE.name} = 'default'` });
    const runs = [];
    for await (const { type, typedSearchAttributes: each } of found) {
      if (type === 'syncFeed') runs.push([each.get(STATE), each.get(FEED)]);
    }
    assert.ok(runs.length > 0);
    // a run that has ended has no state any more
    for (const run of runs) assert.deepEqual(run, [undefined, undefined]);
  });
});

describe('a namespace with room for one search attribute', { timeout: 300_000 }, () => {
  let line: Line;
  before(async () => {
    line = await startLine({ records: 100 });
    for (let number = 1; number <= OTHERS; number += 1) {
      await line.temporal.connection.operatorService.addSearchAttributes({
        namespace: 'default',
        // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- the client does not export the enum
        searchAttributes: { [`Other${number}`]: KEYWORD },
      });
    }
  });
  after(() => line.stop());

  test('gets that one, and is told how the others are created', async () => {
    for (const first of ['created', 'ok']) {
      const { code, stdout, stderr } = await tcsync(['apply', '--json'], line.env);
      const { searchAttributes } = JSON.parse(stdout) as Report;
      assert.deepEqual(
        searchAttributes.map(({ searchAttribute, state }) => `${searchAttribute} ${state}`),
        [`TcsyncNamespace ${first}`, 'TcsyncFeed blocked', 'TcsyncState blocked'],
        stderr,
      );
      assert.match(
        searchAttributes[1]?.detail ?? '',
        /[^.]; after you have corrected that: temporal operator search-attribute create --name TcsyncFeed --type Keyword --namespace default --address \S+:\d+$/,
      );
      assert.equal(code, 3);
    }
  });
});
