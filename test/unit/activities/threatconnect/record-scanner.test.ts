import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { SourceContractError } from '../../../../contracts/errors.ts';
import {
  RecordScanner,
  type RawRecord,
} from '../../../../activities/threatconnect/record-scanner.ts';
import {
  blankText,
  membersOf,
  numbersOf,
  objectText,
  stringText,
  valueText,
} from '../../raw-json.ts';
import { anyText } from '../../any-text.ts';

type Scan = { records: RawRecord[]; envelope: unknown };

function scan(chunks: readonly Buffer[], records: RawRecord[] = []): Scan {
  const scanner = new RecordScanner((record) => records.push(record), Infinity);
  for (const chunk of chunks) scanner.push(chunk);
  return { records, envelope: scanner.end() };
}

function scanText(body: string): Scan {
  return scan([Buffer.from(body)]);
}

function textsOf({ records }: Pick<Scan, 'records'>): string[] {
  return records.map(({ text }) => text);
}

/** Cuts a body at these positions, modulo its length. */
function cutAt(body: Buffer, positions: readonly number[]): Buffer[] {
  const cuts = positions.map((at) => at % (body.length + 1)).sort((a, b) => a - b);
  return [...cuts, body.length].map((end, index) => body.subarray(cuts[index - 1] ?? 0, end));
}

const envelopeKey = anyText({ maxLength: 6 }).filter(
  (key) => key !== 'data' && key !== '__proto__',
);

type Page = { body: string; envelope: string; records: string[] };

/** A page with records of any kind, and any text before and after them. */
const page: fc.Arbitrary<Page> = fc
  .record({
    members: membersOf(envelopeKey, fc.oneof(valueText, stringText), 4),
    dataAt: fc.nat({ max: 4 }),
    records: fc.array(valueText, { maxLength: 5 }),
    blank: blankText,
    otherBlank: blankText,
  })
  .chain(({ members, dataAt, records, blank, otherBlank }) => {
    const before = objectText(fc.constant(members.slice(0, dataAt)));
    const behind = objectText(fc.constant(members.slice(dataAt)));
    return fc.tuple(before, behind).map(([head, tail]) => {
      const around = (data: string) => {
        const member = `${blank}"data"${otherBlank}:${blank}[${data}]`;
        const parts = [head.slice(1, -1), member, tail.slice(1, -1)];
        return `${blank}{${parts.filter((part) => part !== '').join(',')}}`;
      };
      const list = records.map((record) => `${blank}${record}${otherBlank}`).join(',');
      return { body: around(records.length === 0 ? blank : list), envelope: around(''), records };
    });
  });

describe('a page in any formatting and any chunks', () => {
  test('gives every record byte for byte, in order, and the envelope', () => {
    fc.assert(
      fc.property(page, fc.array(fc.nat(), { maxLength: 8 }), (given, positions) => {
        const found = scan(cutAt(Buffer.from(given.body), positions));
        assert.deepEqual(textsOf(found), given.records);
        assert.equal(JSON.stringify(found.envelope), JSON.stringify(JSON.parse(given.envelope)));
      }),
      { numRuns: 600 },
    );
  });

  test('gives the same records byte by byte as in one chunk', () => {
    fc.assert(
      fc.property(page, ({ body }) => {
        const bytes = Buffer.from(body);
        const single = Array.from(bytes, (_byte, at) => bytes.subarray(at, at + 1));
        assert.deepEqual(scan(single), scan([bytes]));
      }),
      { numRuns: 150 },
    );
  });

  test('calls numbers plain only if a JavaScript number prints each of them unchanged', () => {
    fc.assert(
      fc.property(page, fc.array(fc.nat(), { maxLength: 8 }), ({ body }, positions) => {
        for (const { text, plainNumbers } of scan(cutAt(Buffer.from(body), positions)).records) {
          const numbers = numbersOf(text);
          if (plainNumbers)
            for (const number of numbers) assert.equal(String(Number(number)), number);
          assert.equal(
            plainNumbers,
            numbers.every((number) => /^\d{1,15}$/.test(number)),
            text,
          );
        }
      }),
      { numRuns: 400 },
    );
  });

  test('that ends too early, after any byte, is an error, and gives no wrong record', () => {
    fc.assert(
      fc.property(page, ({ body, records }) => {
        const bytes = Buffer.from(body.trimStart());
        for (let length = 0; length < bytes.length; length += 1) {
          const found: RawRecord[] = [];
          assert.throws(() => scan([bytes.subarray(0, length)], found), SourceContractError);
          assert.deepEqual(textsOf({ records: found }), records.slice(0, found.length));
        }
      }),
      { numRuns: 60 },
    );
  });

  test('with other text after its end is an error, and that text gives no record', () => {
    fc.assert(
      fc.property(
        page,
        fc.oneof(
          fc.constantFrom('}', ']', ',', '{', '"', 'x', '0'),
          valueText,
          page.map(({ body }) => body.trim()),
        ),
        (given, trailing) => {
          const found: RawRecord[] = [];
          const bytes = Buffer.from(`${given.body}\n${trailing}`);
          assert.throws(() => scan([bytes], found), SourceContractError);
          assert.deepEqual(textsOf({ records: found }), given.records);
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe('records', () => {
  for (const [what, data, records] of [
    ['no record', '', []],
    ['only blanks', ' \n\t', []],
    ['an empty object', '{}', ['{}']],
    ['scalars', '1, "a", true ,null,-2.5e3', ['1', '"a"', 'true', 'null', '-2.5e3']],
    ['lists', '[[1,2],[3]],[]', ['[[1,2],[3]]', '[]']],
    [
      'a nested `data`',
      '{"tags":{"data":[{"a":1},{"b":2}]}}',
      ['{"tags":{"data":[{"a":1},{"b":2}]}}'],
    ],
    ['brackets in strings', '{"a":"]},{"},{"b":"["}', ['{"a":"]},{"}', '{"b":"["}']],
    [
      'backslashes before quotes',
      String.raw`{"a":"\\"},{"b":"\\\""},{"c":"\""}`,
      [String.raw`{"a":"\\"}`, String.raw`{"b":"\\\""}`, String.raw`{"c":"\""}`],
    ],
    ['blanks inside', '{ "a" : [ 1 , 2 ] } ', ['{ "a" : [ 1 , 2 ] }']],
  ] as const) {
    test(`${what} in \`data\` are found unchanged`, () => {
      assert.deepEqual(textsOf(scanText(`{"data":[${data}],"status":"Success"}`)), records);
    });
  }

  test('a list called `data` deeper in the envelope is not read as the page', () => {
    const body = '{"a":{"data":[{"id":1}]},"b":[{"data":[2]}],"data":[{"id":3}],"x":{"data":[4]}}';
    assert.deepEqual(textsOf(scanText(body)), ['{"id":3}']);
  });

  test('a key that only ends in `data"` is not read as the page', () => {
    const body = String.raw`{"no data":[1],"a,\"data":[2],"{\"data":[3],"data":[4]}`;
    assert.deepEqual(textsOf(scanText(body)), ['4']);
  });

  test('`data` that is no list stays in the envelope, where the check finds it', () => {
    for (const data of ['{"id":[1]}', '"[1]"', 'null', '7']) {
      const { records, envelope } = scanText(`{"data":${data},"status":"Success"}`);
      assert.deepEqual([records, envelope], [[], { data: JSON.parse(data), status: 'Success' }]);
    }
  });

  test('a character whose bytes are in two chunks stays whole', () => {
    const body = Buffer.from('{"data":[{"a":"Zoë 🦊"}],"next":"Café"}');
    for (let at = 0; at <= body.length; at += 1) {
      const { records, envelope } = scan([body.subarray(0, at), body.subarray(at)]);
      assert.deepEqual(
        [textsOf({ records }), envelope],
        [['{"a":"Zoë 🦊"}'], { data: [], next: 'Café' }],
      );
    }
  });

  for (const [literal, plain] of [
    ['0', true],
    ['999999999999999', true],
    ['1000000000000000', false],
    ['9007199254740993', false],
    ['-1', false],
    ['-0', false],
    ['5.00', false],
    ['1e5', false],
    ['1E5', false],
    ['"1e5 -1 5.00 9007199254740993"', true],
    ['[true,false,null]', true],
  ] as const) {
    test(`the numbers of ${literal} are ${plain ? '' : 'not '}plain, alone and in an object`, () => {
      const { records } = scanText(`{"data":[${literal},{"a":${literal}},1]}`);
      assert.deepEqual(
        records.map(({ plainNumbers }) => plainNumbers),
        [plain, plain, true],
      );
    });
  }

  test('the blanks of an indented page of 10,000 records do not count as envelope', () => {
    const records = Array.from({ length: 10_000 }, (_, id) => `{"id":${id}}`);
    const blank = `\n${' '.repeat(40)}`;
    const body = `{"data":[${blank}${records.join(`,${blank}`)}${blank}],"status":"Success"}`;
    const found = scan(cutAt(Buffer.from(body), [65_536, 131_072]));
    assert.deepEqual(found.envelope, { data: [], status: 'Success' });
    assert.equal(found.records.length, 10_000);
  });
});

describe('a body that is no page is refused:', () => {
  for (const [what, body] of [
    ['an empty body', ''],
    ['blanks', ' \n '],
    ['a log-in page', '<!DOCTYPE html><html><body>{"data":[{"id":1}]}</body></html>'],
    ['plain words', 'Service Unavailable'],
    ['a bare list', '[{"id":1}]'],
    ['a bare string', '"data"'],
    ['a byte order mark', '\uFEFF{"data":[]}'],
    ['text after the end', '{"data":[]} ok'],
    ['a brace too many', '{"data":[]}}'],
    ['a second object', '{"data":[]}{"data":[]}'],
    ['a brace that closes a list', '{"data":[1}'],
    ['a bracket that closes a record', '{"data":[{"id":1]}}'],
    ['two lists one after the other', '{"data":[1][2]}'],
    ['a missing value', '{"data":[],"next":}'],
    ['a comma too many before the first record', '{"data":[,1]}'],
    ['a comma too many between records', '{"data":[1, ,2]}'],
    ['a comma too many after the last record', '{"data":[1,]}'],
    ['a lone comma', '{"data":[,]}'],
    ['more beside `data` than a page has', `{"data":[],"x":"${'x'.repeat(300_000)}"}`],
  ] as const) {
    test(what, () => {
      assert.throws(() => scanText(body), SourceContractError);
    });
  }

  test('a log-in page is refused at its first byte, not held until its end', () => {
    const scanner = new RecordScanner(() => {}, Infinity);
    assert.throws(() => scanner.push(Buffer.from('<')), /the body is not JSON/);
  });
});

describe('a record that is too large', () => {
  const MAX = 40_000;
  const large = `{"id":7,"text":"${'x'.repeat(100_000)}"}`;
  const body = Buffer.from(`{"data":[{"id":6}, ${large} ,{"id":8}],"status":"Success"}`);

  function scanSmall(chunkBytes: number): RawRecord[] {
    const records: RawRecord[] = [];
    const scanner = new RecordScanner((record) => records.push(record), MAX);
    for (let at = 0; at < body.length; at += chunkBytes) {
      scanner.push(body.subarray(at, at + chunkBytes));
    }
    assert.deepEqual(scanner.end(), { data: [], status: 'Success' });
    return records;
  }

  for (const chunkBytes of [1_000, 50_000, body.length]) {
    test(`is cut to its beginning, in chunks of ${chunkBytes} bytes, and its neighbours stay whole`, () => {
      const records = scanSmall(chunkBytes);
      assert.deepEqual(
        records.map(({ cut }) => cut),
        [false, true, false],
      );
      const [before, cut, behind] = records;
      assert.equal(before?.text, '{"id":6}');
      assert.equal(behind?.text, '{"id":8}');
      assert.equal(cut?.text, large.slice(0, 32 * 1024));
      assert.equal(cut?.bytes, large.length + 1); // and the blank behind it
    });
  }

  test('is whole when it is exactly as large as allowed', () => {
    const records: RawRecord[] = [];
    const text = `{"text":"${'x'.repeat(MAX - 11)}"}`;
    const scanner = new RecordScanner((record) => records.push(record), MAX);
    scanner.push(Buffer.from(`{"data":[${text}]}`));
    scanner.end();
    assert.deepEqual(
      records.map((record) => [record.text, record.cut]),
      [[text, false]],
    );
  });
});
