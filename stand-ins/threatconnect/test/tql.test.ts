import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { idsOf, startUnderTest, toQuery, type UnderTest } from './threatconnect-under-test.ts';

type Values = Record<string, unknown>;

/** A record with an id as a bare integer of any size. */
function record(id: string, summary: string, values: Values = {}): string {
  const rest = JSON.stringify({
    dateAdded: '2026-01-01T00:00:00Z',
    ownerId: 12,
    ownerName: 'Acme',
    type: 'Host',
    lastModified: '2026-01-10T00:00:00Z',
    ...values,
    summary,
    active: values['active'] ?? true,
  });
  return `{"id":${id},${rest.slice(1)}`;
}

const tags = (...names: string[]) => ({
  data: names.map((name, index) => ({ id: 500 + index + name.length * 10, name })),
});
const group = (id: number, name: string, type = 'Threat') => ({
  id,
  dateAdded: '2026-01-01T00:00:00Z',
  ownerId: 12,
  ownerName: 'Acme',
  type,
  name,
  lastModified: '2026-01-05T00:00:00Z',
});

const RECORDS = [
  record('1', 'one.example', {
    rating: 4,
    confidence: 0,
    tags: tags('Phishing', 'c2'),
    associatedGroups: { data: [group(601, 'Red'), group(602, 'Blue', 'Campaign')] },
    associatedIndicators: { data: [{ id: 2, type: 'Host', summary: 'two.example' }] },
    attributes: {
      data: [
        {
          id: 71,
          type: 'Description',
          value: 'it is "bad"',
          lastModified: '2026-01-09T00:00:00Z',
          default: true,
        },
      ],
    },
  }),
  record('2', 'two.example', {
    rating: 2,
    lastModified: '2026-01-11T00:00:00Z',
    associatedGroups: { data: [group(601, 'Red')] },
    attributes: {
      data: [
        {
          id: 72,
          type: 'Source',
          value: 'a feed',
          lastModified: '2026-01-08T00:00:00Z',
          default: false,
        },
      ],
    },
    securityLabels: { data: [{ id: 3, name: 'TLP:AMBER', owner: 'System' }] },
  }),
  record('3', "it's.example", { ownerId: 17, ownerName: 'Café & Co', type: 'URL', confidence: 85 }),
  record('4', 'One.Example', { ownerId: 17, ownerName: 'Café & Co', tags: tags('phishing') }),
  record('5', 'gone.example', { active: false, lastModified: '2026-01-12T00:00:00Z' }),
  record('9007199254918487', 'a\\b.example', { threatAssessScore: 612, rating: 5 }),
  record('9007199254918488', 'HKLM : Run : REG_SZ', { type: 'Registry Key', threatAssessScore: 0 }),
];
const ALL = ['1', '2', '3', '4', '9007199254918487', '9007199254918488'];

/** Line of the specification, query, ids in ascending order or the status of the refusal. */
const QUERIES: readonly [string, string, readonly string[] | 400][] = [
  ['6.1 "returns only active indicators by default"', 'id > 0', ALL],
  ['6.1 "indicatorActive = false must be asked for explicitly"', 'indicatorActive = false', ['5']],
  [
    '5.1 "indicatorActive EQ True is in use; the literal is unquoted"',
    'indicatorActive EQ True',
    ALL,
  ],
  ['5.1 "the keyword is not active"', 'active = true', 400],
  [
    '5.1 "typeName IN ("Host","URL")"',
    'typeName IN ("URL","Registry Key")',
    ['3', '9007199254918488'],
  ],
  ['5.1 "owner Integer (owner id)"', 'owner = 17', ['3', '4']],
  ['5.2 "=, ==, EQ, EQUALS equal"', 'id == 1 OR id EQ 2 OR id EQUALS 3', ['1', '2', '3']],
  ['5.2 "!=, NE"', 'id != 1 AND id NE 2', ALL.slice(2)],
  ['5.2 "GT LT GEQ LEQ order"', 'id GT 1 AND id LEQ 3', ['2', '3']],
  [
    '5.2 "Blanks around symbol operators are optional (rating>=4)"',
    'rating>=4',
    ['1', '9007199254918487'],
  ],
  ['5.2 "IN (..) any of a list"', 'id in (1, 4)', ['1', '4']],
  [
    '5.2 "a trailing comma inside a list (\'File\',) seems to be accepted"',
    "typeName in ('URL',)",
    ['3'],
  ],
  ['5.2 "NOT IN"', 'id NOT IN (1,2,3)', ALL.slice(3)],
  ['5.2 "LIKE pattern with %"', 'summary LIKE "%o.example"', ['2']],
  [
    '5.2 "CONTAINS, STARTSWITH, ENDSWITH substring"',
    'summary STARTSWITH "one" OR summary CONTAINS "REG_"',
    ['1', '4', '9007199254918488'],
  ],
  ['5.2 "NOT CONTAINS"', 'summary NOT CONTAINS "example"', ['9007199254918488']],
  ['5.2 "IS NULL presence"', 'confidence IS NULL AND id < 5', ['2', '4']],
  ['5.2 "IS NOT NULL"; 3.1 "confidence 0 is sent"', 'confidence IS NOT NULL', ['1', '3']],
  [
    '5.2 "keywords and operators are case-insensitive"',
    'TYPENAME in ("URL") or ID = 1',
    ['1', '3'],
  ],
  ['5.2 "AND before OR" (C)', 'id = 1 OR id = 2 AND rating > 3', ['1']],
  ['5.2 "AND, OR, ( ) combination"', '(id = 1 OR id = 2) AND rating < 3', ['2']],
  [
    '5.2 "escape \', ", backtick and backslash with a backslash"',
    "summary = 'it\\'s.example'",
    ['3'],
  ],
  ['5.2 "escape … backslash with a backslash"', 'summary = "a\\\\b.example"', ['9007199254918487']],
  ['5.2 "Strings in double or single quotes"', "ownerName = 'Café & Co'", ['3', '4']],
  ['5.2 "for tags, name is case-sensitive"', 'tag = "Phishing"', ['1']],
  [
    '5.1 "commonId ties the copies of one indicator across owners"',
    'summary = "one.example"',
    ['1', '4'],
  ],
  ['5.2 "Syntax error: HTTP 400, reference code 0x2001"', 'Invalid TQL', 400],
  ['5.2 "Syntax error"', 'id > 1 AND', 400],
  ['5.3 "2026-01-31"', 'lastModified >= "2026-01-11"', ['2']],
  ['5.3 "2026-01-31 12:34:56"', 'lastModified GEQ "2026-01-11 00:00:00"', ['2']],
  ['5.3 "2026-01-31T12:34:56Z"', 'lastModified = "2026-01-11T00:00:00Z"', ['2']],
  [
    '5.3 "2026-01-31 12:34", "01-31-2026"',
    'lastModified >= "2026-01-11 00:00" AND lastModified < "01-12-2026"',
    ['2'],
  ],
  [
    '5.3 "with fractions of a second: unreliable"',
    'lastModified >= "2026-01-11T00:00:00.500Z"',
    400,
  ],
  [
    '5.4 keyset: "tql=id > N sorting=id asc"; 3.1 "id can exceed 2^53"',
    'id > 9007199254918487',
    ['9007199254918488'],
  ],
  ['4.3 "indicators of indicator N: hasIndicator(id = N)"', 'hasIndicator(id = 1)', ['2']],
  ['4.3 "associatedIndicator = N are integer short forms"', 'associatedIndicator = 1', ['2']],
  ['4.3 "associatedGroup = N"', 'associatedGroup = 601', ['1', '2']],
  ['5.1 "hasGroup() sub-query"', 'hasGroup(typeName = "Campaign")', ['1']],
  ['5.1 "hasGroup()", nested', 'hasGroup(hasIndicator(id = 1)) AND id > 1', ['2']],
  ['5.1 "hasAttribute()"', 'hasAttribute(typeName = "Source")', ['2']],
  [
    '5.1 "hasTag()"; 5.2 "summary is not [case-sensitive]"',
    'hasTag(summary = "PHISHING")',
    ['1', '4'],
  ],
  ['5.1 "hasSecurityLabel()"', 'hasSecurityLabel(name = "TLP:AMBER")', ['2']],
  ['5.1 keywords: one that exists and is not evaluated here', 'hasVictim(id = 1)', 400],
  ['5.1 "indicatorId" belongs to /v3/indicatorAttributes', 'indicatorId = 1', 400],
  ['5.1 "threatAssessLastUpdated (Date)"', 'threatAssessLastUpdated < "2026-01-02"', ALL],
];

describe('TQL of the ThreatConnect stand-in', () => {
  let server: UnderTest;
  before(async () => {
    server = await startUnderTest({}, RECORDS);
  });
  after(() => server.close());

  for (const [spec, tql, expected] of QUERIES) {
    test(`${tql}: ${spec}`, async () => {
      const answer = await server.list('indicators', { tql, sorting: 'id asc' });
      if (expected === 400) {
        assert.equal(answer.status, 400, answer.text);
        assert.equal(answer.body['errCode'], '0x2001');
      } else assert.deepEqual(idsOf(answer), expected, answer.text);
    });
  }

  /** Line of the specification, `sorting`, ids in order or 400. */
  const SORTINGS: readonly [string, string, readonly string[] | 400][] = [
    ['2.5 "id asc is allowed by the rule"', 'id asc', ALL],
    [
      '2.5 "keywords are case-insensitive in practice (dateAdded ASC)"',
      'ID DESC',
      ALL.toReversed(),
    ],
    [
      '2.5 "Several keys, separated by white space, not commas"',
      'ownerName asc id desc',
      ['9007199254918488', '9007199254918487', '2', '1', '4', '3'],
    ],
    ['2.5 "not commas"', 'ownerName asc, id asc', 400],
    [
      '2.5 "asc|desc|nullsfirst|nullslast"',
      'confidence nullsfirst id asc',
      ['2', '4', '9007199254918487', '9007199254918488', '1', '3'],
    ],
    [
      '2.5 "nullslast"',
      'confidence nullslast id asc',
      ['1', '3', '2', '4', '9007199254918487', '9007199254918488'],
    ],
    ['9. "unknown key: 400" (what a simulator must do)', 'nonsense asc', 400],
    ['2.5 "a direction for each key"', 'id', 400],
  ];
  for (const [spec, sorting, expected] of SORTINGS) {
    test(`sorting=${sorting}: ${spec}`, async () => {
      const answer = await server.list('indicators', { sorting });
      if (expected === 400) assert.equal(answer.status, 400);
      else assert.deepEqual(idsOf(answer), expected);
    });
  }

  test('copies of one indicator have one commonId: 5.1 "commonId ties the copies"', async () => {
    const tql = 'commonId IS NOT NULL AND summary = "one.example"';
    assert.equal((await server.list('indicators', { tql })).rows.length, 2);
  });

  test('parameters may come in the body of a GET, unsigned: 2.1 "{"data":{"tql":"...","fields":[...]}}"', async () => {
    const body = JSON.stringify({ data: { tql: 'id in (1,2)', fields: ['tags', 'attributes'] } });
    const answer = await server.ask('/api/v3/indicators', { body });
    assert.deepEqual(idsOf(answer).sort(), ['1', '2']);
    assert.ok(answer.rows.some(({ tags: found }) => found !== undefined));
  });

  test('%20 and + both are a blank: 1.2 "either is fine if signed = sent"', async () => {
    for (const blank of ['%20', '+']) {
      const query = toQuery({ tql: 'id in (1)' }).replaceAll('%20', blank);
      assert.deepEqual(idsOf(await server.ask(`/api/v3/indicators?${query}`)), ['1']);
    }
  });

  /** Switch, query, ids or 400: what is open is tried both ways. */
  const SWITCHED: readonly [string, Values, string, readonly string[] | 400][] = [
    [
      'open question 1 "Does tql=id > N work on the target instance"',
      { idRange: 'refuse' },
      'id > 1',
      400,
    ],
    [
      'open question 1, id = N still works',
      { idRange: 'refuse' },
      'id = 1 OR id in (2)',
      ['1', '2'],
    ],
    [
      '5.3 "Time zone of a stamp without Z: not documented"',
      { naiveOffsetMinutes: 60 },
      'lastModified >= "2026-01-11 01:00:00"',
      ['2'],
    ],
    [
      '5.3 "a stamp whose last digit is 0 loses that digit … TQL then would error"',
      { dateFractions: 'short' },
      'lastModified >= "2026-01-11T00:00:00.50Z"',
      400,
    ],
    [
      '5.3 "fractions", three digits',
      { dateFractions: 'short' },
      'lastModified >= "2026-01-11T00:00:00.000Z"',
      ['2'],
    ],
  ];
  for (const [spec, switches, tql, expected] of SWITCHED) {
    test(`with ${JSON.stringify(switches)}, ${tql}: ${spec}`, async () => {
      const before = await server.control.get<Values>('/_sim/switches');
      await server.control.post('/_sim/switches', switches);
      const answer = await server.list('indicators', { tql, sorting: 'id asc' });
      await server.control.post('/_sim/switches', before);
      if (expected === 400) assert.equal(answer.body['errCode'], '0x2001', answer.text);
      else assert.deepEqual(idsOf(answer), expected);
    });
  }

  /** Line of the specification, list, query, ids. */
  const RELATED: readonly [string, string, string, readonly string[]][] = [
    ['4.3 "groups of indicator N"', 'groups', 'hasIndicator(id = 1)', ['601', '602']],
    ['4.2 "associatedIndicator"', 'groups', 'associatedIndicator = 2', ['601']],
    ['4.1 "the TQL keyword for a group\'s name is summary"', 'groups', 'summary = "blue"', ['602']],
    ['4.2 "typeName"', 'groups', 'typeName = "Campaign" OR id = 601', ['601', '602']],
    [
      '4.3 "attributes of N … hasIndicator(id = N)"',
      'indicatorAttributes',
      'hasIndicator(id = 1)',
      ['71'],
    ],
    ['4.3 "(or indicatorId = N)"', 'indicatorAttributes', 'indicatorId = 2', ['72']],
    [
      '5.1 "an independent change feed for attributes"',
      'indicatorAttributes',
      'lastModified >= "2026-01-08"',
      ['71', '72'],
    ],
    ['5.1 "default"', 'indicatorAttributes', 'default = true', ['71']],
    ['4.3 "tags of N"', 'tags', 'hasIndicator(id = 4)', ['580']],
    ['4.3 "security labels of N"', 'securityLabels', 'hasIndicator(id in (1,2))', ['3']],
  ];
  for (const [spec, list, tql, expected] of RELATED) {
    test(`/v3/${list}?tql=${tql}: ${spec}`, async () => {
      const answer = await server.list(list, { tql, sorting: 'id asc', count: 'true' });
      assert.deepEqual(idsOf(answer), expected, answer.text);
      assert.equal(answer.body['count'], expected.length);
    });
  }
});
