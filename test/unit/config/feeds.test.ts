import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Feed } from '../../../config/config.ts';
import type { FeedSchedule } from '../../../contracts/feed.ts';
import { configOf, faultsOf } from './environment.ts';

const folder = mkdtempSync(join(tmpdir(), 'tcsync-feeds-'));
after(() => rmSync(folder, { recursive: true }));

const ENVIRONMENT = {
  TC_OWNERS: 'Acme',
  TC_TYPES: 'Host',
  TC_TQL: 'rating > 3',
  TC_FIELDS: 'tags',
  TCSYNC_SYNC_EVERY: '10m',
};

function place(...lines: string[]): void {
  writeFileSync(join(folder, 'tcsync.yaml'), lines.join('\n'));
}

function feedsOf(...lines: string[]): readonly Feed[] {
  place(...lines);
  return configOf(ENVIRONMENT, { cwd: folder }).feeds;
}

function fileFaults(...lines: string[]): string[] {
  place(...lines);
  return faultsOf(ENVIRONMENT, { cwd: folder });
}

function textOf(schedule: FeedSchedule | undefined): string | undefined {
  if (schedule === undefined) return undefined;
  return 'everyMs' in schedule
    ? `${schedule.everyMs} ms`
    : `${schedule.crons.map(({ text }) => text).join(';')} ${schedule.timezone}`;
}

test('without a file the only feed has the selection of the environment', () => {
  assert.deepEqual(configOf(ENVIRONMENT).feeds, [
    {
      name: 'default',
      owners: ['Acme'],
      types: ['Host'],
      tql: 'rating > 3',
      fields: ['tags'],
      schedule: { everyMs: 600_000 },
    },
  ]);
});

test('a feed takes the keys that it does not have from the environment, and no others', () => {
  assert.deepEqual(
    feedsOf(
      'feeds:',
      '  - name: all',
      '  - name: own-1',
      '    owners: ["Example, Inc.", Example, Example]',
      '    types: []',
      '    tql: null',
      '    fields: [associatedGroups.tags]',
      '    every: 30s',
    ),
    [
      {
        name: 'all',
        owners: ['Acme'],
        types: ['Host'],
        tql: 'rating > 3',
        fields: ['tags'],
        schedule: { everyMs: 600_000 },
      },
      {
        name: 'own-1',
        owners: ['Example, Inc.', 'Example'],
        types: [],
        tql: null,
        fields: ['associatedGroups.tags'],
        schedule: { everyMs: 30_000 },
      },
    ],
  );
});

test('a feed’s cron expressions replace the interval of the environment, and take its time zone', () => {
  place(
    'feeds:',
    '- name: a',
    "  cron: ['0 6 * * MON-FRI', '@monthly']",
    '  timezone: America/New_York',
    "- { name: b, cron: ['30 4 * * *'] }",
    '- name: c',
    '- { name: d, every: 1h }',
  );
  const { TCSYNC_SYNC_EVERY: _, ...rest } = ENVIRONMENT;
  const env = { ...rest, TCSYNC_SYNC_CRON: '0 1 * * *', TCSYNC_TIMEZONE: 'Asia/Tokyo' };
  assert.deepEqual(
    configOf(env, { cwd: folder }).feeds.map(({ schedule }) => textOf(schedule)),
    [
      '0 6 * * MON-FRI;@monthly America/New_York',
      '30 4 * * * Asia/Tokyo',
      '0 1 * * * Asia/Tokyo',
      '3600000 ms',
    ],
  );
  assert.equal(textOf(configOf(ENVIRONMENT, { cwd: folder }).feeds[1]?.schedule), '30 4 * * * UTC');
});

test('a feed has an interval or cron expressions, and a time zone only with the latter', () => {
  assert.deepEqual(
    fileFaults(
      'feeds:',
      '- name: a',
      '  every: 5m',
      "  cron: ['0 6 * * *']",
      '- name: b',
      '  timezone: Europe/Berlin',
      '- name: c',
      "  cron: ['0 6 * * *', '61 * * * *', 5]",
      '  timezone: Berlin',
      '- { name: d, cron: [] }',
      "- { name: e, cron: '0 6 * * *' }",
    ),
    [
      'tcsync.yaml: feeds[0].cron: is set together with every: only one is possible (line 4)',
      'tcsync.yaml: feeds[1].timezone: has no effect without cron (line 6)',
      'tcsync.yaml: feeds[2].cron[1]: "61 * * * *" has no valid minute: "61" (line 8)',
      'tcsync.yaml: feeds[2].cron[2]: 5 is not text (line 8)',
      'tcsync.yaml: feeds[2].timezone: "Berlin" is no known time zone (line 9)',
      'tcsync.yaml: feeds[3].cron: is empty (line 10)',
      'tcsync.yaml: feeds[4].cron: "0 6 * * *" is not a list (line 11)',
    ],
  );
});

test('all faults of the file are reported with their lines, after those of the environment', () => {
  place(
    'feeds:',
    '  - name: Bad Name',
    '    owners: Acme',
    '    types:',
    '      - Host',
    '      - 12',
    '  - tql: indicatorActive = true',
    '    fields: [labels]',
    '    every: 5',
    '    ownres: [x]',
    '  - name: latest',
    'extra: 1',
  );
  assert.deepEqual(faultsOf({ TC_LANES: '99' }, { cwd: folder }), [
    'TC_LANES: "99" is above 16',
    'tcsync.yaml: feeds[0].name: "Bad Name" is not a feed’s name (line 2)',
    'tcsync.yaml: feeds[0].owners: "Acme" is not a list (line 3)',
    'tcsync.yaml: feeds[0].types[1]: 12 is not text (line 6)',
    'tcsync.yaml: feeds[1].name: missing (line 7)',
    'tcsync.yaml: feeds[1].tql: "indicatorActive = true" names indicatorActive: then the end of an indicator that becomes inactive would be lost (line 7)',
    'tcsync.yaml: feeds[1].fields: names "labels", which is an unknown field (line 8)',
    'tcsync.yaml: feeds[1].every: 5 is not text (line 9)',
    'tcsync.yaml: feeds[1].ownres: is unknown (did you mean owners?) (line 10)',
    'tcsync.yaml: feeds[2].name: "latest" is a name that the program uses itself (line 11)',
    'tcsync.yaml: extra: is unknown (line 12)',
  ]);
});

test('a fault of the file says what is expected and shows a valid line', () => {
  place('feeds:', '  - name: a', '    every: 5');
  assert.throws(
    () => configOf({}, { cwd: folder }),
    /tcsync\.yaml: feeds\[0\]\.every: 5 is not text \(line 3\); expected a duration \(ms, s, m, h, d\) from 1s to 7d, or cron; example: every: 5m/,
  );
});

test('two feeds with one name are refused, because they would share a watermark', () => {
  assert.deepEqual(fileFaults('feeds:', '- name: a', '- name: b', '- name: a'), [
    'tcsync.yaml: feeds[2].name: is also the name of feeds[0] (line 4)',
  ]);
});

for (const [content, problem] of [
  ['', 'tcsync.yaml: has no feeds (line 1)'],
  ['feeds: []', 'tcsync.yaml: feeds: is empty (line 1)'],
  ['feeds: x', 'tcsync.yaml: feeds: "x" is not a list (line 1)'],
  ['feeds: [x]', 'tcsync.yaml: feeds[0]: "x" is not a feed (line 1)'],
  ['other: 1', 'tcsync.yaml: feeds: missing (line 1)'],
  ['feeds:\n  - name: a\n    name: b', 'tcsync.yaml: is not YAML: duplicate key (line 3)'],
  ['feeds:\n\t- name: a', 'tcsync.yaml: is not YAML: tab as indent (line 2)'],
] as const) {
  test(`the file ${JSON.stringify(content)} is refused: ${problem}`, () => {
    assert.ok(fileFaults(content).includes(problem), fileFaults(content).join('\n'));
  });
}

test('the wrong file is not quoted, because it may be a secret', () => {
  assert.deepEqual(fileFaults('s3cr3t'), ['tcsync.yaml: has no feeds (line 1)']);
  assert.ok(!fileFaults('feeds: [name: "s3cr3t', ' - s3cr3t: {').join('\n').includes('s3cr3t'));
});

test('a file whose aliases multiply does not use up the memory', () => {
  const bomb = ['a: &a [x,x,x,x,x,x,x,x,x]'];
  for (const [last, next] of ['ab', 'bc', 'cd', 'de', 'ef'])
    bomb.push(`${next}: &${next} [${Array.from({ length: 9 }, () => `*${last}`).join()}]`);
  assert.ok(fileFaults(...bomb, 'feeds: *f').length > 0);
});

test('a file at a path in TCSYNC_CONFIG must exist', () => {
  const path = join(folder, 'other.yaml');
  writeFileSync(path, 'feeds:\n- name: other\n- 1\n');
  assert.deepEqual(faultsOf({ TCSYNC_CONFIG: path }), [
    `${path}: feeds[1]: 1 is not a feed (line 3)`,
  ]);
  writeFileSync(path, 'feeds: [{ name: other }]');
  assert.equal(configOf({ TCSYNC_CONFIG: path }).feeds[0]?.name, 'other');
  assert.equal(configOf({ TCSYNC_CONFIG: 'other.yaml' }, { cwd: folder }).feeds[0]?.name, 'other');
  assert.deepEqual(faultsOf({ TCSYNC_CONFIG: '/does/not/exist.yaml' }), [
    'TCSYNC_CONFIG: "/does/not/exist.yaml" does not exist',
  ]);
});

test('tcsync.example.yaml can be used as it is', () => {
  const path = join(import.meta.dirname, '../../../tcsync.example.yaml');
  const feeds = configOf({ TCSYNC_CONFIG: path }).feeds;
  assert.deepEqual(
    feeds.map(({ name, owners, schedule }) => ({ name, owners, schedule: textOf(schedule) })),
    [
      { name: 'everything', owners: [], schedule: '900000 ms' },
      {
        name: 'high-confidence',
        owners: ['Acme Intelligence', 'Example, Inc.'],
        schedule: '60000 ms',
      },
      { name: 'reports', owners: [], schedule: '0 6 * * MON-FRI;0 12 * * SAT Europe/Berlin' },
    ],
  );
});
