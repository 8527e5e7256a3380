import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { afterEach, describe, test } from 'node:test';

import {
  CAPABILITIES,
  CORE_LACKS,
  lackedCapabilities,
  skipReason,
} from '../../contract/capabilities.ts';
import reportSkips from '../../contract/skip-reporter.ts';

describe('what the contract suite leaves out', () => {
  const exitCode = process.exitCode;

  afterEach(() => {
    process.exitCode = exitCode;
    delete process.env['ES_CONTRACT_LACKS'];
  });

  const report = async (...skips: (string | boolean)[]): Promise<string> => {
    const events = skips.map((skip) => ({ type: 'test:pass', data: { name: 'some test', skip } }));
    return (await Array.fromAsync(reportSkips(toAsync(events)))).join('');
  };

  test('skips no test unless a gap is named', () => {
    assert.equal(skipReason(['security', 'reindex']), false);
  });

  test('refuses a gap whose name is on no list', () => {
    assert.deepEqual(lackedCapabilities('security, reindex'), ['security', 'reindex']);
    assert.throws(() => lackedCapabilities('security,everything'), /everything is none of/);
  });

  test('names each gap in the README of the server core', () => {
    const readme = new URL('../../../stand-ins/elasticsearch-core/README.md', import.meta.url);
    const section = readFileSync(readme, 'utf8')
      .split('\n## ')
      .find((part) => part.includes('CORE_LACKS'));
    const named = CORE_LACKS.filter((gap) => section?.includes(`\`${gap}\``));
    assert.deepEqual(named, CORE_LACKS);
  });

  test('shows at the end of a run each gap, its reason and the skipped tests', async () => {
    process.env['ES_CONTRACT_LACKS'] = 'reindex';
    const reason = skipReason(['reindex']);
    assert.equal(reason, `lacks reindex: ${CAPABILITIES.reindex}`);
    const text = await report(reason);
    assert.ok(text.includes(`skipped, ${reason}\n  - some test\n`), text);
    assert.equal(process.exitCode, exitCode);
  });

  for (const skip of [true, 'no time', `lacks security: ${CAPABILITIES.security}`]) {
    test(`a test that is skipped as "${String(skip)}" without a named gap fails the run`, async () => {
      const text = await report(skip);
      assert.match(text, /FAILED: skipped without a named capability\n {2}- some test/);
      assert.equal(process.exitCode, 1);
    });
  }
});

async function* toAsync<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}
