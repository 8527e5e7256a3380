import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, documentOf, errorsOf, idOf, mapped, TC, TI } from './map.ts';

const FILE = { type: 'File', summary: 'AB', lastModified: '2026-01-09T21:00:11Z' };

test('Q1: confidence 1 is not Low', () => {
  assert.equal(mapped({ confidence: 1 }, `${TI}.confidence`), 'None');
});

test('Q2: confidence 0 is in the document', () => {
  assert.equal(mapped({ confidence: 0 }, `${TI}.confidence`), 'Not Specified');
});

test('Q3: a confidence that is a text gets the band of its number', () => {
  assert.equal(mapped({ confidence: '75' }, `${TI}.confidence`), 'High');
  assert.equal(mapped({ confidence: '75' }, `${TC}.confidence`), 75);
});

test('Q4: a Host is an observer’s name, and has neither type nor domain', () => {
  const document = documentOf({ type: 'Host', hostName: 'bad.example' });
  assert.equal(at(document, 'observer.hostname'), 'bad.example');
  assert.deepEqual(at(document, TI), { provider: 'ThreatConnect' });
});

test('Q5: types that Elastic’s schema does not know have no indicator type', () => {
  for (const type of ['ASN', 'CIDR', 'Email Subject', 'Hashtag', 'User Agent', 'Custom']) {
    assert.equal(mapped({ type }, `${TI}.type`), undefined, type);
  }
});

test('Q6: the indicator type is a list, except for addresses, which have a text', () => {
  assert.deepEqual(mapped({ type: 'URL' }, `${TI}.type`), ['url']);
  assert.equal(mapped({ type: 'Address', ip: '::1' }, `${TI}.type`), 'ipv6-addr');
});

test('Q7: a custom type whose name holds File is a file', () => {
  assert.deepEqual(mapped({ type: 'Filename', md5: 'A' }, TI), {
    provider: 'ThreatConnect',
    type: ['file'],
    file: { hash: { md5: 'a' } },
  });
});

test('Q8: a SHA-256 is related only if there is an MD5', () => {
  assert.equal(mapped({ ...FILE, sha256: 'C' }, 'related.hash'), undefined);
  assert.deepEqual(mapped({ ...FILE, md5: 'A', sha256: 'C' }, 'related.hash'), ['a', 'c']);
});

test('Q9: hashes of associated indicators keep their case', () => {
  const associatedIndicators = { data: [{ md5: 'AB', sha256: 'CD' }] };
  assert.deepEqual(mapped({ associatedIndicators }, `${TC}.associated_indicators.data.0`), {
    md5: 'AB',
    sha256: 'CD',
  });
});

test('Q10: addresses of associated indicators are not related', () => {
  const associatedIndicators = { data: [{ ip: '192.0.2.1', Block: '192.0.2.0/24' }] };
  assert.equal(mapped({ associatedIndicators }, 'related'), undefined);
});

test('Q11: the external date of change has different names at the top level and below', () => {
  const externalLastModified = '2026-01-09';
  const element = { data: [{ externalLastModified }] };
  const document = documentOf({ externalLastModified, associatedGroups: element });
  assert.ok(at(document, `${TC}.external_last.modified`));
  assert.ok(at(document, `${TC}.associated_groups.data.0.external.last_modified`));
});

test('Q12: a file’s size is an integer or nothing', () => {
  assert.equal(mapped({ size: '124' }, `${TI}.file.size`), 124);
  assert.equal(mapped({ size: 'big' }, `${TI}.file.size`), undefined);
});

test('Q13: event.id is the summary', () => {
  assert.equal(mapped({ ...FILE, id: 5 }, 'event.id'), 'AB');
});

test('Q14: the document’s id does not depend on the owner', () => {
  assert.equal(idOf({ ...FILE, ownerId: 1, id: 1 }), idOf({ ...FILE, ownerId: 2, id: 2 }));
});

test('Q15: technique names and ids are not parallel', () => {
  const data = [
    { name: 'a', techniqueId: 'T1' },
    { techniqueId: 'T2' },
    { name: 'c', techniqueId: 'T1' },
  ];
  assert.deepEqual(mapped({ tags: { data } }, 'threat.technique'), {
    id: ['T1', 'T2'],
    name: ['a', 'c'],
  });
});

test('Q16: a TLP level counts only in the spelling of the standard', () => {
  const data = [{ name: 'TLP: AMBER' }, { name: 'tlp:red' }, { name: 'TLP:GREEN' }];
  assert.deepEqual(mapped({ securityLabels: { data } }, `${TI}.marking.tlp`), ['GREEN']);
});

test('Q17: an unknown unit means 90 days', () => {
  for (const iocExpiration of ['30s', '2w', '10']) {
    const document = documentOf(FILE, { iocExpiration });
    assert.equal(at(document, `${TC}.deleted_at`), '2026-04-09T21:00:11.000Z', iocExpiration);
  }
});

test('Q18: a bad date causes an error at the top level and none below', () => {
  assert.deepEqual(errorsOf({ dateAdded: 'x' }), ['dateAdded: cannot convert [x] to date']);
  assert.deepEqual(errorsOf({ attributes: { data: [{ dateAdded: 'x' }] } }), []);
});

test('Q19: an Address without an ip is mapped completely', () => {
  const document = documentOf({ ...FILE, type: 'Address' });
  assert.equal(at(document, 'event.id'), 'AB');
  assert.deepEqual(at(document, 'event.kind'), ['enrichment', 'pipeline_error']);
});

test('Q20: a security label without a proper name is ignored', () => {
  const data = [null, { name: null }, { name: 5 }, {}, { name: 'TLP:RED' }];
  const document = documentOf({ securityLabels: { data } });
  assert.deepEqual(at(document, `${TI}.marking.tlp`), ['RED']);
  assert.equal(document.error, undefined);
});

test('Q21: a hash, address or AS number of a wrong type causes only an error', () => {
  for (const key of ['md5', 'sha1', 'sha256', 'address', 'AS Number']) {
    for (const value of [true, ['x'], { x: 1 }]) {
      const document = documentOf({ ...FILE, [key]: value });
      assert.deepEqual(at(document, 'error.message'), [`${key}: expected a string`]);
      assert.equal(at(document, 'event.id'), 'AB');
    }
  }
});

test('Q22: a collection of a wrong shape causes only an error', () => {
  const document = documentOf({ ...FILE, tags: 'x', attributes: { data: [1] } });
  assert.equal((at(document, 'error.message') as string[]).length, 2);
  assert.equal(at(document, 'event.id'), 'AB');
});

test('Q23: the end is computed from every accepted date', () => {
  for (const lastModified of ['2026-01-01', '2026-01-01T02:00:00+0200']) {
    assert.equal(mapped({ lastModified }, `${TC}.deleted_at`), '2026-04-01T00:00:00.000Z');
  }
});

test('Q24: a bad date of change causes one error', () => {
  assert.deepEqual(errorsOf({ lastModified: 'x' }), ['lastModified: cannot convert [x] to date']);
});

test('Q25: an empty date of change causes no error', () => {
  assert.deepEqual(errorsOf({ lastModified: '' }), []);
});

test('Q26: tactics without data are dropped', () => {
  const tags = { data: [{ name: 'x', tactics: { count: 1 } }] };
  assert.deepEqual(mapped({ tags }, `${TC}.tags.data`), [{ name: 'x' }]);
});

test('Q27: observations that are a number are dropped with an error', () => {
  const document = documentOf({ ...FILE, observations: 5 });
  assert.equal(at(document, `${TC}.observations`), undefined);
  assert.deepEqual(at(document, 'error.message'), ['observations: expected an object']);
});

test('Q28: secrets of groups are kept', () => {
  const group = { password: 'p', body: 'b', fileText: 't' };
  assert.deepEqual(
    mapped({ associatedGroups: { data: [group] } }, `${TC}.associated_groups.data.0`),
    {
      password: 'p',
      body: 'b',
      file: { text: 't' },
    },
  );
});

test('Q29: 61.0 is an integer', () => {
  assert.equal(mapped('{"confidence":61.0}', `${TC}.confidence`), 61);
});

test('Q30: numbers in flattened fields are numbers, exact', () => {
  const text = '{"enrichment":{"id":9007199254918489,"n":5.00}}';
  assert.ok(JSON.stringify(documentOf(text)).includes('{"id":9007199254918489,"n":5.00}'));
});

test('Q31: a bad id is left out alone', () => {
  const element = { id: {}, name: 'n', type: 't' };
  const record = { associatedGroups: { data: [element] }, attributes: { data: [element] } };
  const document = documentOf(record);
  for (const collection of ['associated_groups', 'attributes']) {
    assert.deepEqual(at(document, `${TC}.${collection}.data.0`), { name: 'n', type: 't' });
  }
});

test('Q32: a text over 1024 characters is in the document completely', () => {
  const description = 'x'.repeat(40_000);
  assert.equal(mapped({ description }, `${TC}.description`), description);
});

test('Q33: an unknown key is only in the original', () => {
  const document = documentOf({ ...FILE, calScore: 77 }, { preserveOriginalEvent: true });
  assert.equal(JSON.stringify(document).split('calScore').length, 2);
  assert.ok(JSON.stringify(at(document, 'event.original')).includes('calScore'));
});

test('Q34: fields that are declared but never filled stay empty', () => {
  const data = [
    { name: 'x', owner: 'o', platforms: { data: ['p'], count: 1 }, to: 't', from: 'f' },
  ];
  const record = { tags: { data }, securityLabels: { data }, associatedGroups: { data } };
  const document = documentOf(record);
  for (const path of [
    'tags.data.0.owner',
    'tags.data.0.platforms',
    'security_labels.data.0.owner',
  ]) {
    assert.equal(at(document, `${TC}.${path}`), undefined, path);
  }
  assert.equal(at(document, `${TC}.associated_groups.data.0.to`), undefined);
  assert.equal(at(document, `${TC}.associated_groups.data.0.from`), undefined);
});

test('Q35: a group’s list of addresses becomes several addresses', () => {
  const associatedGroups = { data: [{ to: ['a@x', 'b@x'], from: ['c@x'] }] };
  assert.deepEqual(mapped({ associatedGroups }, 'email'), {
    to: { address: ['a@x', 'b@x'] },
    from: { address: ['c@x'] },
  });
});

test('Q36: a list or an object in place of a scalar causes an error or is ignored', () => {
  assert.deepEqual(errorsOf({ id: [5] }), ['id: cannot convert [list] to string']);
  assert.deepEqual(errorsOf({ confidence: {} }), ['confidence: cannot convert [object] to long']);
  const associatedGroups = { data: [{ createdBy: { firstName: ['x'], userName: 'u' } }] };
  const document = documentOf({ associatedGroups, webLink: ['x'] });
  assert.deepEqual(at(document, 'related.user'), ['u']);
  assert.equal(at(document, `${TI}.reference`), undefined);
});

test('Q37: a malformed tag does not remove the technique of another tag', () => {
  const data = [null, 'x', { name: 'n', techniqueId: 'T1' }];
  const document = documentOf({ tags: { data } });
  assert.deepEqual(at(document, 'threat.technique'), { id: ['T1'], name: ['n'] });
  assert.deepEqual(at(document, 'error.message'), ['tags.data[1]: expected an object']);
});
