import assert from 'node:assert/strict';
import { test } from 'node:test';
import { comparedSettings } from '../../../config/compared-settings.ts';
import { loadConfig } from '../../../config/load.ts';
import { toSettingsCode } from '../../../contracts/settings-code.ts';
import { stage } from '../../stage.ts';

test('if the caller has other settings than the worker, the worker reports only that and does nothing', async () => {
  const set = await stage();
  try {
    const other = comparedSettings(
      loadConfig({ ...set.env, TC_OWNERS: 'Acme' }, { cwd: import.meta.dirname }),
    );
    const report = await set.run('reconcileStep', {
      step: 'own',
      dryRun: false,
      settingsCode: toSettingsCode(other),
    });
    assert.deepEqual(
      report.map(({ asset, state }) => [asset, state]),
      [['settings of the worker', 'blocked']],
    );
    assert.match(report[0]?.detail ?? '', /other values than the command line for TC_OWNERS: /);
    assert.equal(await set.sink.indices.exists({ index: 'tcsync-state-default' }), false);
    const same = toSettingsCode(comparedSettings(set.config));
    const reports = await set.run('reconcileStep', {
      step: 'own',
      dryRun: true,
      settingsCode: same,
    });
    assert.ok(reports.length > 1);
  } finally {
    await set.close();
  }
});
