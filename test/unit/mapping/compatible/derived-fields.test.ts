import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, documentOf, errorsOf, mapped, TI } from './map.ts';

for (const [address, name, domain] of [
  ['a@b', 'a', 'b'],
  ['a@b@c', 'a', 'b@c'],
  ['@b', undefined, 'b'],
  ['a@', 'a', undefined],
  ['a@@b', 'a', undefined],
  ['@', undefined, undefined],
  ['nobody', undefined, undefined],
]) {
  test(`${address} has the user ${name} and the domain ${domain}`, () => {
    const document = documentOf({ address });
    assert.deepEqual(document.user, JSON.parse(JSON.stringify({ email: address, name, domain })));
    assert.equal(at(document, `${TI}.email.address`), address);
    assert.deepEqual(at(document, 'related.user'), name === undefined ? undefined : [name]);
  });
}

for (const [ip, type] of [
  ['192.0.2.1', 'ipv4-addr'],
  ['2001:db8::1', 'ipv6-addr'],
  ['::ffff:192.0.2.1', 'ipv4-addr'],
]) {
  test(`an Address of ${ip} is one ${type}`, () => {
    const document = documentOf({ type: 'Address', ip });
    assert.equal(at(document, `${TI}.ip`), ip);
    assert.equal(at(document, `${TI}.type`), type);
    assert.deepEqual(at(document, 'related.ip'), [ip]);
  });
}

for (const [value, band] of [
  ['0', 'Not Specified'],
  ['0.0', 'Not Specified'],
  ['0.5', 'None'],
  ['1', 'None'],
  ['1.5', 'Low'],
  ['39', 'Low'],
  ['39.9', 'Low'],
  ['40', 'Medium'],
  ['69.9', 'Medium'],
  ['70', 'High'],
  ['"75"', 'High'],
  ['" 75 "', 'High'],
  ['100', 'High'],
  ['101', 'None'],
  ['-1', 'None'],
  ['"high"', undefined],
  ['true', undefined],
  ['[75]', undefined],
  ['1e999', undefined],
  ['null', undefined],
]) {
  test(`confidence ${value} is ${band}`, () => {
    assert.equal(mapped(`{"confidence":${value}}`, `${TI}.confidence`), band);
  });
}

test('the older link comes before the newer one, and each only once', () => {
  const both = { webLink: 'https://new', legacyLink: 'https://old' };
  assert.deepEqual(mapped(both, `${TI}.reference`), ['https://old', 'https://new']);
  assert.deepEqual(mapped({ webLink: 'x', legacyLink: 'x' }, `${TI}.reference`), ['x']);
  assert.deepEqual(mapped({ webLink: 5, legacyLink: ['x'] }, `${TI}.reference`), ['5']);
});

for (const [hashes, related] of [
  [{ md5: 'A', sha1: 'B', sha256: 'C' }, ['a', 'b', 'c']],
  [{ sha1: 'B', sha256: 'C' }, ['b']],
  [{ md5: '', sha256: 'C' }, ['c']],
  [{ md5: null, sha256: 'C' }, undefined],
  [{ md5: true, sha256: 'C' }, ['c']],
  [{ md5: 'A', sha1: 'a' }, ['a']],
] as const) {
  test(`hashes ${JSON.stringify(hashes)} are related as ${JSON.stringify(related)}`, () => {
    assert.deepEqual(mapped(hashes, 'related.hash'), related);
  });
}

for (const [size, bytes] of [
  ['123', 123],
  ['"123"', 123],
  ['123.0', 123],
  ['"1 kB"', undefined],
  ['1.5', undefined],
  ['true', undefined],
] as const) {
  test(`a size of ${size} is ${bytes} bytes without an error`, () => {
    const document = documentOf(`{"size":${size}}`);
    assert.equal(at(document, `${TI}.file.size`), bytes);
    assert.equal(document.error, undefined);
  });
}

for (const [text, number] of [
  ['"ASN1234"', 1234],
  ['"asn1234"', 1234],
  ['"AS 13335"', 13335],
  ['"13335"', 13335],
  ['13335', 13335],
  ['"\\u0001AS5\\n"', 5],
  ['"AS13335 - X"', undefined],
  ['"AS5.0"', undefined],
  ['"AS1 2"', undefined],
  ['"ASé5"', undefined],
  ['"AS"', undefined],
  ['""', undefined],
  ['5.0', undefined],
] as const) {
  test(`AS Number ${text} is ${number ?? 'an error'}`, () => {
    const document = documentOf(`{"AS Number":${text}}`);
    assert.equal(at(document, `${TI}.as.number`), number);
    assert.equal(document.error === undefined, number !== undefined);
  });
}

for (const [name, level] of [
  ['TLP:AMBER', 'AMBER'],
  ['TLP:AMBER+STRICT', 'AMBER+STRICT'],
  ['TLP:WHITE', 'WHITE'],
  ['TLP:CLEAR', 'CLEAR'],
  [':GREEN', 'GREEN'],
  ['X:RED:y', 'RED'],
  ['tlp:amber', undefined],
  ['TLP: RED', undefined],
  ['TLP:AMBER STRICT', undefined],
  ['AMBER', undefined],
  ['TLP::RED', undefined],
] as const) {
  test(`a label ${name} is ${level}`, () => {
    const labels = { securityLabels: { data: [{ name }] } };
    assert.deepEqual(mapped(labels, `${TI}.marking.tlp`), level && [level]);
  });
}

test('every label’s level is listed, in the order of the labels', () => {
  const data = [{ name: 'TLP:RED' }, { name: 'TLP:GREEN' }, null, { name: 5 }, { name: 'TLP:RED' }];
  assert.deepEqual(mapped({ securityLabels: { data } }, `${TI}.marking.tlp`), [
    'RED',
    'GREEN',
    'RED',
  ]);
});

test('only tags of a technique become techniques', () => {
  const data = [
    { name: 'a', techniqueId: 'T1' },
    { name: 'a', techniqueId: 'T1' },
    { name: 'plain' },
    { name: 'null', techniqueId: null },
    { techniqueId: 5 },
    { name: 'empty', techniqueId: '' },
    { name: 'list', techniqueId: ['T2'] },
  ];
  const document = documentOf({ tags: { data } });
  assert.deepEqual(at(document, 'threat.technique'), {
    id: ['T1', '5'],
    name: ['a', 'a', 'empty', 'list'],
  });
});

test('platforms of all tags are listed once, in their original spelling', () => {
  const data = [
    { platforms: { data: ['Windows', 'Office 365', null, ['x'], 5] } },
    { platforms: { data: ['windows', 'Windows'] } },
    { platforms: {} },
    { platforms: 'Linux' },
    { platforms: { data: 'Linux' } },
  ];
  const document = documentOf({ tags: { data } });
  assert.deepEqual(at(document, 'os.family'), ['Windows', 'Office 365', '5', 'windows']);
  assert.equal(at(document, 'threat_connect.indicator.tags'), undefined);
});

test('addresses of e-mail groups are listed once, and lists are split into members', () => {
  const data = [
    { to: 'a@x', from: 'f@x' },
    { to: ['b@x', 'a@x', null, {}] },
    { to: 5 },
    { to: {} },
  ];
  assert.deepEqual(mapped({ associatedGroups: { data } }, 'email'), {
    to: { address: ['a@x', 'b@x', '5'] },
    from: { address: ['f@x'] },
  });
});

test('related users are listed in the order address, groups, attributes', () => {
  const creator = (n: number) => ({
    createdBy: { firstName: `f${n}`, lastName: `l${n}`, userName: `u${n}`, pseudonym: 'p' },
  });
  const record = {
    attributes: { data: [creator(3), creator(1)] },
    associatedGroups: {
      data: [creator(1), { createdBy: 'x' }, { createdBy: { userName: ['x'] } }, creator(2)],
    },
    address: 'me@example.org',
  };
  assert.deepEqual(mapped(record, 'related.user'), [
    'me',
    'f1',
    'f2',
    'l1',
    'l2',
    'u1',
    'u2',
    'f3',
    'l3',
    'u3',
  ]);
});

for (const ip of [undefined, null, '']) {
  test(`an Address with ${JSON.stringify(ip)} for its ip is mapped, with an error`, () => {
    const document = documentOf({ type: 'Address', summary: 'x', ip });
    assert.deepEqual(at(document, 'error.message'), [
      'ip: missing for an indicator of type Address',
    ]);
    assert.equal(at(document, 'event.id'), 'x');
    assert.equal(at(document, `${TI}.type`), undefined);
  });
}

test('an Address with a bad ip has only the error of the conversion', () => {
  assert.deepEqual(errorsOf({ type: 'Address', ip: 'x' }), ['ip: cannot convert [x] to ip']);
});
