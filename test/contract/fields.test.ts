import assert from 'node:assert/strict';
import { before, describe } from 'node:test';

import { at, hits } from '../../stand-ins/elasticsearch/test/elasticsearch-under-test.ts';
import { contract, useServer } from './server-under-contract.ts';

describe('contract: kinds of fields', () => {
  const server = useServer();
  const index = server.name('kinds');
  const put = (id: string, body: unknown): ReturnType<typeof server.ask> =>
    server.ask('PUT', `/${index}/_doc/${id}?refresh=true`, body);
  const ids = async (query: unknown): Promise<string[]> => {
    const { body } = await server.ask('POST', `/${index}/_search`, { query, size: 100 });
    return hits(body, '_id').map(String).toSorted();
  };

  before(async () => {
    await server.must('PUT', `/${index}`, {
      settings: { number_of_replicas: 0, 'index.mapping.ignore_malformed': true },
      mappings: {
        dynamic: false,
        properties: {
          module: { type: 'constant_keyword', value: 'ti_threatconnect' },
          source: { type: 'constant_keyword', value: 'true' },
          number: { type: 'long' },
          strict: { type: 'long', ignore_malformed: false },
          address: { type: 'ip' },
          range: { type: 'ip_range' },
          flat: { type: 'flattened' },
          wild: { type: 'wildcard' },
          short: { type: 'keyword', ignore_above: 5 },
          flag: { type: 'boolean' },
          score: { type: 'float' },
        },
      },
    });
  });

  contract('a constant is found in documents that do not have it', [], async () => {
    await server.must('PUT', `/${index}/_doc/constant?refresh=true`, { number: 1 });
    assert.ok((await ids({ term: { module: 'ti_threatconnect' } })).includes('constant'));
    assert.deepEqual(await ids({ term: { module: 'other' } }), []);
    assert.ok((await ids({ wildcard: { module: 'ti_*' } })).includes('constant'));
    const without = { bool: { must_not: { term: { source: 'true' } } } };
    assert.deepEqual(await ids(without), []);
    const { body } = await server.ask('GET', `/${index}/_doc/constant`);
    assert.deepEqual(at(body, '_source'), { number: 1 });
  });

  contract('a value that differs from the constant is refused', [], async () => {
    const answered = await put('other', { module: 'other' });
    assert.equal(answered.status, 400);
    assert.equal(at(answered.body, 'error.type'), 'document_parsing_exception');
  });

  contract(
    'a malformed value is stored, marked and not found if ignore_malformed allows it',
    [],
    async () => {
      assert.equal((await put('bad', { number: 'many', address: 'here' })).status, 201);
      const { body } = await server.ask('POST', `/${index}/_search`, {
        query: { ids: { values: ['bad'] } },
      });
      assert.deepEqual(at(body, 'hits.hits.0._source'), { number: 'many', address: 'here' });
      const ignored = at(body, 'hits.hits.0._ignored') as unknown[] | undefined;
      assert.deepEqual(ignored?.toSorted(), ['address', 'number']);
      assert.ok(!(await ids({ exists: { field: 'number' } })).includes('bad'));
      assert.deepEqual(await ids({ exists: { field: '_ignored' } }), ['bad']);
      assert.equal((await put('strict', { strict: 'many' })).status, 400);
    },
  );

  contract('a text that is too long is stored but not found', [], async () => {
    await put('long', { short: 'too long' });
    assert.deepEqual(await ids({ term: { short: 'too long' } }), []);
    await put('fits', { short: 'fits' });
    assert.deepEqual(await ids({ exists: { field: 'short' } }), ['fits']);
  });

  contract('a flattened object is found by its values and by its keys', [], async () => {
    await server.must('PUT', `/${index}/_doc/flat?refresh=true`, {
      flat: { 'my key': 'x', deep: { list: ['y', 'z'] } },
    });
    assert.deepEqual(await ids({ term: { flat: 'z' } }), ['flat']);
    assert.deepEqual(await ids({ term: { 'flat.deep.list': 'y' } }), ['flat']);
    assert.deepEqual(await ids({ term: { 'flat.deep.list': 'x' } }), []);
    assert.deepEqual(await ids({ exists: { field: 'flat' } }), ['flat']);
  });

  contract('an address is found by its text and by its network', [], async () => {
    await server.must('PUT', `/${index}/_doc/address?refresh=true`, { address: '10.1.2.3' });
    assert.deepEqual(await ids({ term: { address: '10.1.2.3' } }), ['address']);
    assert.deepEqual(await ids({ term: { address: '10.1.0.0/16' } }), ['address']);
    assert.deepEqual(await ids({ term: { address: '10.2.0.0/16' } }), []);
  });

  contract('an address is found without the zone that it is written with', [], async () => {
    assert.equal((await put('zone', { address: 'fe80::1%eth0' })).status, 201);
    await server.must('POST', `/${index}/_refresh`);
    assert.deepEqual(await ids({ term: { address: 'fe80::1' } }), ['zone']);
    assert.deepEqual(await ids({ term: { address: 'fe80::1%en1' } }), ['zone']);
    assert.ok(!(await ids({ exists: { field: '_ignored' } })).includes('zone'));
  });

  contract('a range of addresses is found by an address in it', [], async () => {
    const ranges = { network: '192.168.0.0/16', pair: { gte: '172.16.0.1', lte: '172.16.0.9' } };
    await server.must('PUT', `/${index}/_doc/network?refresh=true`, { range: ranges.network });
    await server.must('PUT', `/${index}/_doc/pair?refresh=true`, { range: ranges.pair });
    assert.deepEqual(await ids({ term: { range: '192.168.7.7' } }), ['network']);
    assert.deepEqual(await ids({ term: { range: '172.16.0.9' } }), ['pair']);
    assert.deepEqual(await ids({ term: { range: '172.16.0.10' } }), []);
  });

  contract('a wildcard finds parts of a text', [], async () => {
    await server.must('PUT', `/${index}/_doc/wild?refresh=true`, {
      wild: 'https://a.example/b?c=d',
    });
    assert.deepEqual(await ids({ wildcard: { wild: '*example/?*' } }), ['wild']);
    assert.deepEqual(await ids({ term: { wild: 'https://a.example/b?c=d' } }), ['wild']);
    assert.deepEqual(await ids({ wildcard: { wild: 'example*' } }), []);
  });

  contract(
    'a wildcard field has its type in the mapping that is read back',
    ['wildcard-type'],
    async () => {
      const { body } = await server.ask('GET', `/${index}/_mapping`);
      const [shown] = Object.values(body as object) as unknown[];
      assert.deepEqual(at(shown, 'mappings.properties.wild'), { type: 'wildcard' });
    },
  );

  contract('numbers and booleans equal their texts', [], async () => {
    await server.must('PUT', `/${index}/_doc/alike?refresh=true`, {
      number: '42',
      flag: 'true',
      score: 0.5,
    });
    assert.deepEqual(await ids({ term: { number: 42 } }), ['alike']);
    assert.deepEqual(await ids({ term: { flag: true } }), ['alike']);
    assert.deepEqual(await ids({ range: { score: { gt: 0.4, lt: 0.6 } } }), ['alike']);
  });

  contract('a field outside of the mapping is kept but not found', [], async () => {
    await server.must('PUT', `/${index}/_doc/unknown?refresh=true`, { unknown: 'x' });
    assert.deepEqual(await ids({ term: { unknown: 'x' } }), []);
    const { body } = await server.ask('GET', `/${index}/_doc/unknown`);
    assert.deepEqual(at(body, '_source'), { unknown: 'x' });
  });
});
