import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { withoutSettings } from '../../demo/demo-settings.ts';

const DEMO = path.join(import.meta.dirname, '../../demo/main.ts');

test('with a moving source, failing requests and killed workers the demo ends with equal versions', async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [DEMO, '--chaos', '--records', '400', '--seed', '7'],
    { env: withoutSettings(process.env), timeout: 600_000 },
  );
  const numberAfter = (label: string) => {
    const [, digits = ''] = new RegExp(`^${label} +(?:\\S+ )?([\\d,]+)`, 'm').exec(stdout) ?? [];
    return Number(digits.replaceAll(',', ''));
  };
  const [, source, between] = /^changes made +(\S+), (\S+) of them between/m.exec(stdout) ?? [];
  assert.match(source ?? '', /^[1-9]/, stdout);
  assert.match(between ?? '', /^[1-9]/, stdout);
  assert.equal(numberAfter('workers killed'), 3, stdout);
  assert.match(stdout, /^requests failed +ThreatConnect [1-9].*429 [1-9]/m);
  assert.match(stdout, /^ +Elasticsearch [1-9]/m);
  assert.ok(numberAfter('attempts retried') >= 3, stdout);
  assert.ok(numberAfter('pages') >= 40, stdout);
  assert.match(stdout, /^pages .* in 3 runs$/m);
  assert.match(stdout, /^latest: .* indicators equal, every id and version$/m);
  assert.match(stdout, /^[\d,]+ of [\d,]+ indicators equal, every id and version\nstopping/m);
});
