import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, documentOf, errorsOf, mapped, TC } from './map.ts';

const COLLECTIONS = [
  ['associatedGroups', 'associated_groups'],
  ['associatedIndicators', 'associated_indicators'],
  ['attributes', 'attributes'],
  ['securityLabels', 'security_labels'],
  ['tags', 'tags'],
] as const;

for (const [source, target] of COLLECTIONS) {
  for (const nothing of [
    null,
    {},
    { count: 0 },
    { data: null },
    { data: [] },
    { data: [null, {}] },
  ]) {
    test(`${source} ${JSON.stringify(nothing)} gives no field and no error`, () => {
      assert.deepEqual(documentOf({ [source]: nothing }), documentOf({}));
    });
  }

  for (const [value, error] of [
    [5, `${source}: expected an object`],
    ['', `${source}: expected an object`],
    [[{ name: 'x' }], `${source}: expected an object`],
    [{ data: 'x' }, `${source}.data: expected a list`],
    [{ data: { name: 'x' } }, `${source}.data: expected a list`],
  ] as const) {
    test(`${source} ${JSON.stringify(value)} is set aside with an error`, () => {
      const document = documentOf({ [source]: value, summary: 'kept' });
      assert.deepEqual(at(document, 'error.message'), [error]);
      assert.equal(at(document, `${TC}.${target}`), undefined);
      assert.equal(at(document, 'event.id'), 'kept');
    });
  }

  test(`an element of ${source} that is no object is left out alone`, () => {
    const data = [{ name: 'a' }, null, 'x', { name: 'b' }, ['y']];
    const document = documentOf({ [source]: { data, count: 5 } });
    assert.deepEqual(at(document, `${TC}.${target}`), { data: [{ name: 'a' }, { name: 'b' }] });
    assert.deepEqual(at(document, 'error.message'), [
      `${source}.data[2]: expected an object`,
      `${source}.data[4]: expected an object`,
    ]);
  });

  test(`an unknown key of ${source} is kept unchanged`, () => {
    const element = { someKey: { innerKey: 5 }, 'With Blank': [1], proto: true };
    assert.deepEqual(mapped({ [source]: { data: [element] } }, `${TC}.${target}.data.0`), element);
  });

  test(`a key of ${source} named __proto__ is a key like any other`, () => {
    const document = documentOf(`{"${source}":{"data":[{"__proto__":{"polluted":1}}]}}`);
    assert.ok(JSON.stringify(document).includes('{"__proto__":{"polluted":1}}'));
    assert.equal(Reflect.get({}, 'polluted'), undefined);
  });

  test(`a bad date inside ${source} is left out without an error`, () => {
    const data = [{ dateAdded: 'yesterday', lastUsed: 5, name: 'x' }];
    const document = documentOf({ [source]: { data } });
    assert.equal(document.error, undefined);
    assert.equal(at(document, `${TC}.${target}.data.0.name`), 'x');
    assert.equal(at(document, `${TC}.${target}.data.0.date_added`), undefined);
  });
}

/** Elements, their result, and the errors, without the path of the element. */
function row(
  name: string,
  source: string,
  element: object,
  expected: object | undefined,
  errors: readonly string[] = [],
): void {
  test(`${source}: ${name}`, () => {
    const target = COLLECTIONS.find(([key]) => key === source)?.[1];
    const record = { [source]: { data: [null, element] } };
    assert.deepEqual(mapped(record, `${TC}.${target}.data.0`), expected);
    assert.deepEqual(
      errorsOf(record),
      errors.map((error) => `${source}.data[1].${error}`),
    );
  });
}

const DATE = '2021-09-17T12:50:19Z';
const OUT = '2021-09-17T12:50:19.000Z';

for (const [source, target] of [
  ['dateAdded', 'date_added'],
  ['lastModified', 'last_modified'],
  ['firstSeen', 'first_seen'],
  ['lastSeen', 'last_seen'],
  ['dueDate', 'due_date'],
  ['emailDate', 'email_date'],
  ['escalationDate', 'escalation_date'],
  ['eventDate', 'event_date'],
  ['publishDate', 'publish_date'],
  ['reminderDate', 'reminder_date'],
] as const) {
  row(`${source} is the date ${target}`, 'associatedGroups', { [source]: DATE }, { [target]: OUT });
}
row(
  'external dates stand in objects',
  'associatedGroups',
  { externalDateAdded: DATE, externalDateExpires: DATE, externalLastModified: DATE },
  { external: { date: { added: OUT, expires: OUT }, last_modified: OUT } },
);
row(
  'the owner, the document and the file are objects',
  'associatedGroups',
  {
    id: 6,
    ownerId: 51,
    ownerName: 'Acme',
    documentDateAdded: DATE,
    documentType: 'Text',
    fileName: 'a.txt',
    fileSize: 36,
    fileText: 'text',
    fileType: 'Hash',
  },
  {
    id: '6',
    owner: { id: '51', name: 'Acme' },
    document: { date_added: OUT, type: 'Text' },
    file: { name: 'a.txt', size: '36', text: 'text', type: 'Hash' },
  },
);
row(
  'flags are booleans, counts keep their type',
  'associatedGroups',
  {
    generatedReport: 'TRUE',
    scoreIncludesBody: true,
    upVote: false,
    malware: 'false',
    scoreBreakdown: 's',
    upVoteCount: '0',
    downVoteCount: 0,
    webLink: 'w',
    legacyLink: 'l',
  },
  {
    generated_report: true,
    score_includes_body: true,
    up_vote: false,
    malware: false,
    score_breakdown: 's',
    up_vote_count: '0',
    down_vote_count: 0,
    web_link: 'w',
    legacy_link: 'l',
  },
);
row(
  'keys without a rule are unchanged',
  'associatedGroups',
  {
    type: 'Email',
    name: 'n',
    status: 's',
    xid: 'x',
    password: 'p',
    header: 'h',
    subject: 's',
    body: 'b',
  },
  {
    type: 'Email',
    name: 'n',
    status: 's',
    xid: 'x',
    password: 'p',
    header: 'h',
    subject: 's',
    body: 'b',
  },
);
row(
  'addresses and the user’s name are removed',
  'associatedGroups',
  { to: 'a', from: 'b', userName: 'c', name: 'n' },
  { name: 'n' },
);
row(
  'a bad flag, id or size is dropped with an error',
  'associatedGroups',
  { id: [6], fileSize: {}, malware: 'perhaps', upVote: 1, name: 'n' },
  { name: 'n' },
  [
    'id: cannot convert [list] to string',
    'fileSize: cannot convert [object] to string',
    'malware: cannot convert [perhaps] to boolean',
    'upVote: cannot convert [1] to boolean',
  ],
);
row(
  'ids of the users of assignments are texts if the assignment has the field',
  'associatedGroups',
  {
    assignments: {
      data: [{ type: 'Assigned', user: { id: 12, userName: 'u' } }, { user: 5 }, 7],
      count: 3,
    },
  },
  {
    assignments: {
      data: [{ type: 'Assigned', user: { id: '12', userName: 'u' } }, { user: 5 }, 7],
      count: 3,
    },
  },
);
row(
  'an assignment’s bad id is dropped with an error',
  'associatedGroups',
  { assignments: { data: [{ type: 'Assigned', user: { id: {} } }] } },
  { assignments: { data: [{ type: 'Assigned' }] } },
  ['assignments.data[0].user.id: cannot convert [object] to string'],
);
row(
  'assignments of another shape are unchanged',
  'associatedGroups',
  { assignments: [{ user: { id: 1 } }] },
  { assignments: [{ user: { id: 1 } }] },
);
row(
  'an attribute keeps its type, its value and unknown keys',
  'associatedGroups',
  {
    attributes: {
      count: 1,
      data: [
        {
          id: 1,
          dateAdded: DATE,
          default: true,
          lastModified: DATE,
          pinned: false,
          source: 's',
          type: 't',
          value: 'v',
          createdBy: { id: 1 },
        },
        'x',
      ],
    },
  },
  { attributes: [{ type: 't', value: 'v', createdBy: { id: 1 } }, 'x'] },
);
row(
  'a list of attributes is converted in the same way',
  'associatedGroups',
  { attributes: [{ id: 1, type: 't' }] },
  { attributes: [{ type: 't' }] },
);
row(
  'attributes without data stay',
  'associatedGroups',
  { attributes: { count: 3 } },
  { attributes: { count: 3 } },
);
row(
  'attributes with an object as data become that object',
  'associatedGroups',
  { attributes: { data: { id: 3 } } },
  { attributes: { id: 3 } },
);
row(
  'attributes with null as data are left out',
  'associatedGroups',
  { attributes: { data: null, count: 1 }, name: 'n' },
  { name: 'n' },
);
row(
  'attributes that are a scalar are dropped with an error',
  'associatedGroups',
  { attributes: 5, name: 'n' },
  { name: 'n' },
  ['attributes: expected an object'],
);
row(
  'an existing value at the target is replaced, and its object keeps other keys',
  'associatedGroups',
  {
    file: { name: 'old', hash: 'h' },
    fileName: 'new',
    owner: 'text',
    ownerId: 5,
    web_link: 'old',
    webLink: 'new',
  },
  { file: { name: 'new', hash: 'h' }, owner: { id: '5' }, web_link: 'new' },
);
row(
  'an existing value at the target stays if the source’s own value is bad or missing',
  'associatedGroups',
  { date_added: 'old', dateAdded: 'bad', web_link: 'old', webLink: null },
  { date_added: 'old', web_link: 'old' },
);

for (const source of ['associatedGroups', 'attributes'] as const) {
  row(
    'the creator is renamed, and its other keys stay',
    source,
    {
      createdBy: {
        id: 3,
        firstName: 'f',
        lastName: 'l',
        owner: 'o',
        pseudonym: 'p',
        userName: 'u',
        role: 'r',
      },
    },
    {
      created_by: {
        id: '3',
        first_name: 'f',
        last_name: 'l',
        owner: 'o',
        pseudonym: 'p',
        user_name: 'u',
      },
      createdBy: { role: 'r' },
    },
  );
  row(
    'a creator that is no object stays',
    source,
    { createdBy: 'someone' },
    { createdBy: 'someone' },
  );
  row(
    'a creator’s bad id is dropped with an error',
    source,
    { createdBy: { id: [1], owner: 'o' } },
    { created_by: { owner: 'o' } },
    ['createdBy.id: cannot convert [list] to string'],
  );
  row(
    'a creator keeps the keys of created_by',
    source,
    { created_by: { id: 'x', y: 1 }, createdBy: { id: 2 } },
    { created_by: { id: '2', y: 1 } },
  );
}

row(
  'every key with its own rule is copied to its target',
  'associatedIndicators',
  {
    id: 10,
    size: 124,
    ip: '192.0.2.1',
    confidence: '20',
    rating: '3.0',
    active: true,
    activeLocked: 'false',
    dnsActive: false,
    whoisActive: true,
    privateFlag: false,
    dateAdded: DATE,
    lastModified: DATE,
    firstSeen: DATE,
    lastSeen: DATE,
    externalDateAdded: DATE,
    externalDateExpires: DATE,
    externalLastModified: DATE,
    Block: '192.0.2.0/24',
    ownerId: 1,
    ownerName: 'Acme',
    'Value Name': 'n',
    'Value Type': 't',
    'AS Number': 'ASN1',
    hostName: 'h',
    Hashtag: '#',
    'Key Name': 'k',
    legacyLink: 'l',
    Mutex: 'm',
    Subject: 's',
    'User Agent String': 'ua',
    webLink: 'w',
    md5: 'AB',
    summary: 'AB',
    tagName: 'camel',
  },
  {
    id: '10',
    size: '124',
    ip: '192.0.2.1',
    confidence: 20,
    rating: 3,
    active: { value: true, locked: false },
    dns_active: false,
    whois_active: true,
    private_flag: false,
    date_added: OUT,
    last_modified: OUT,
    first_seen: OUT,
    last_seen: OUT,
    external: { date: { added: OUT, expires: OUT }, last_modified: OUT },
    block: '192.0.2.0/24',
    owner: { id: '1', name: 'Acme' },
    value: { name: 'n', type: 't' },
    as_number: 'ASN1',
    host_name: 'h',
    hashtag: '#',
    key_name: 'k',
    legacy_link: 'l',
    mutex: 'm',
    subject: 's',
    user_agent_string: 'ua',
    web_link: 'w',
    md5: 'AB',
    summary: 'AB',
    tagName: 'camel',
  },
);
row(
  'names are changed at every depth, but not in a list in a list',
  'associatedIndicators',
  {
    a: { hostName: 1, b: [{ Mutex: 2 }, [{ Mutex: 3 }]] },
    location: 'here',
    c: { location: 5, d: { location: { Hashtag: 6 } } },
    e: { location: [], f: 1 },
  },
  {
    a: { host_name: 1, b: [{ mutex: 2 }, [{ Mutex: 3 }]] },
    location_value: 'here',
    c: { location_value: 5, d: { location: { hashtag: 6 } } },
    e: { f: 1 },
  },
);
row(
  'on a clash the renamed value wins',
  'associatedIndicators',
  { hostName: 'new', host_name: 'old', location_value: 'old', location: 'new' },
  { host_name: 'new', location_value: 'new' },
);
row(
  'a name without a value takes nothing away',
  'associatedIndicators',
  { hostName: null, host_name: 'old' },
  { host_name: 'old' },
);
row(
  'a lock alone is a lock',
  'associatedIndicators',
  { activeLocked: true },
  { active: { locked: true } },
);
row(
  'what cannot be converted is dropped with an error',
  'associatedIndicators',
  {
    id: {},
    ip: '',
    confidence: 'x',
    rating: '',
    active: { value: true },
    activeLocked: true,
    summary: 's',
  },
  { active: { locked: true }, summary: 's' },
  [
    'id: cannot convert [object] to string',
    'ip: cannot convert [] to ip',
    'confidence: cannot convert [x] to long',
    'rating: cannot convert [] to double',
    'active: cannot convert [object] to boolean',
  ],
);

row(
  'dates, flags and the id are converted, the user’s name is gone',
  'attributes',
  {
    id: 5,
    dateAdded: DATE,
    lastModified: DATE,
    default: 'TRUE',
    pinned: false,
    userName: 'u',
    type: 't',
    value: { v: 1 },
    source: 's',
  },
  {
    id: '5',
    date_added: OUT,
    last_modified: OUT,
    default: true,
    pinned: false,
    type: 't',
    value: { v: 1 },
    source: 's',
  },
);
row(
  'a bad flag is dropped with an error',
  'attributes',
  { default: 'x', type: 't' },
  { type: 't' },
  ['default: cannot convert [x] to boolean'],
);

row(
  'only what a reader needs is left',
  'securityLabels',
  {
    id: 3,
    name: 'TLP:AMBER',
    description: 'd',
    color: 'FFC000',
    owner: 'System',
    source: 's',
    dateAdded: DATE,
    extra: 1,
  },
  { name: 'TLP:AMBER', source: 's', date_added: OUT, extra: 1 },
);

row(
  'a technique stands in an object',
  'tags',
  {
    id: 1,
    name: 'n',
    description: 'd',
    owner: 'o',
    platforms: { data: ['x'] },
    lastUsed: DATE,
    techniqueId: 'T1',
    tactics: { data: ['Collection'], count: 1 },
    technique: { url: 'u' },
  },
  { name: 'n', last_used: OUT, technique: { id: 'T1', url: 'u' }, tactics: ['Collection'] },
);
for (const [tactics, expected] of [
  [{ count: 1 }, undefined],
  [{}, undefined],
  [{ data: null }, undefined],
  [{ data: 'x' }, 'x'],
  [['x'], ['x']],
  ['x', 'x'],
] as const) {
  row(
    `tactics ${JSON.stringify(tactics)} are ${JSON.stringify(expected)}`,
    'tags',
    { name: 'n', tactics },
    expected === undefined ? { name: 'n' } : { name: 'n', tactics: expected },
  );
}

test('no value of an associated indicator is copied into another field', () => {
  const element = {
    type: 'File',
    ip: '192.0.2.1',
    Block: '192.0.2.0/24',
    md5: 'A',
    hostName: 'h',
    address: 'a@b',
  };
  const document = documentOf({ associatedIndicators: { data: [element] } });
  assert.deepEqual(
    { ...document, threat_connect: null },
    { ...documentOf({}), threat_connect: null },
  );
});

test('ids inside collections keep every digit', () => {
  const id = '9007199254918489';
  const element = `{"id":${id},"ownerId":${id},"createdBy":{"id":${id}}}`;
  const collections = ['associatedGroups', 'associatedIndicators', 'attributes'];
  const record = collections.map((name) => `"${name}":{"data":[${element}]}`).join(',');
  const text = JSON.stringify(documentOf(`{${record}}`));
  assert.equal(text.split(id.slice(0, -1)).length, text.split(id).length);
  assert.equal(text.split(`"${id}"`).length - 1, 7);
});
