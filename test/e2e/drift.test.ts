import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { withoutSettings } from '../../demo/demo-settings.ts';

const DEMO = path.join(import.meta.dirname, '../../demo/main.ts');

test('five broken assets are named, corrected, and the changes of the bad time arrive', async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [DEMO, '--drift', '--records', '100'],
    { env: withoutSettings(process.env), timeout: 600_000 },
  );
  const [, planned = '', applied = '', after = ''] = stdout.split(/^\$ tcsync apply.*$/m).slice(1);
  assert.match(planned, /^differs +ingest pipeline /m, stdout);
  assert.match(planned, /^missing +alias /m);
  assert.match(planned, /^broken +transform /m);
  assert.match(applied, /^updated +ILM policy /m);
  assert.match(applied, /^repaired +policies of the backing indices /m);
  assert.match(applied, /^repaired +documents of /m);
  assert.doesNotMatch(applied, /^(?:blocked|foreign|drift-ignored) /m);
  assert.match(after, /every asset is as it should be/);
  assert.match(after, /^latest: .* indicators equal, every id and version\nstopping/m);
});
