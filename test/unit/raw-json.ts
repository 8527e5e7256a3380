import * as fc from 'fast-check';
import { anyText } from './any-text.ts';

/** JSON as texts, so that blanks, escapes and the spelling of numbers vary as in real answers. */

const blanks = fc
  .array(fc.constantFrom(' ', '\n', '\t', '\r'), { maxLength: 2 })
  .map((characters) => characters.join(''));

const numberText = fc.oneof(
  fc.nat().map(String),
  fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n }).map(String),
  fc
    .tuple(fc.integer(), fc.stringMatching(/^\d{1,18}$/))
    .map(([whole, part]) => `${whole}.${part}`),
  fc
    .tuple(fc.integer(), fc.constantFrom('e', 'E', 'e+', 'E-'), fc.nat({ max: 400 }))
    .map((parts) => parts.join('')),
  fc.constantFrom('0', '-0', '5.00', '999999999999999', '1000000000000000', '9007199254740993'),
);

const ODD_PIECES = [
  '"data":[',
  '{"data":[{',
  '\\',
  '"',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '\\"',
  '1e5',
];

const text = fc
  .array(fc.oneof(anyText({ maxLength: 8 }), fc.constantFrom(...ODD_PIECES)), {
    maxLength: 4,
  })
  .map((pieces) => pieces.join(''));

/** The literal of a string: as `JSON.stringify` writes it, with every character escaped, or with `\/`. */
function literals(value: string): fc.Arbitrary<string> {
  const plain = JSON.stringify(value);
  const escaped = Array.from(
    { length: value.length },
    (_, at) => String.raw`\u${value.charCodeAt(at).toString(16).padStart(4, '0')}`,
  ).join('');
  return fc.constantFrom(plain, `"${escaped}"`, plain.replaceAll('/', String.raw`\/`));
}

export const stringText = text.chain(literals);

/** `{…}` with these keys, each once, in this order. */
export function objectText(members: fc.Arbitrary<[key: string, valueText: string][]>) {
  return members.chain((pairs) =>
    fc
      .tuple(
        ...pairs.map(([key, value]) => fc.tuple(literals(key), fc.constant(value), blanks, blanks)),
      )
      .map((spelled) => {
        const texts = spelled.map(([key, value, a, b]) => `${a}${key}${b}:${a}${value}${b}`);
        return `{${texts.join(',')}}`;
      }),
  );
}

/** Members of an object, with keys that are different from each other. */
export function membersOf(
  keys: fc.Arbitrary<string>,
  values: fc.Arbitrary<string>,
  maxLength: number,
): fc.Arbitrary<[string, string][]> {
  return fc.uniqueArray(fc.tuple(keys, values), { maxLength, selector: ([key]) => key });
}

const { value } = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.oneof(numberText, stringText, fc.constantFrom('true', 'false', 'null')),
    fc
      .tuple(fc.array(fc.tuple(tie('value'), blanks), { maxLength: 4 }), blanks)
      .map(([items, blank]) => `[${items.map((item) => item.join('')).join(`,${blank}`)}${blank}]`),
    objectText(
      membersOf(fc.oneof(text, fc.constantFrom('data', 'id', '__proto__')), tie('value'), 4),
    ),
  ),
}));

/** Any JSON value, without blanks around it. */
export const valueText = value;

export const blankText = blanks;

const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/gs;

/** The literals of the numbers in a JSON text. */
export function numbersOf(json: string): string[] {
  return (json.match(TOKEN) ?? []).filter((token) => !token.startsWith('"'));
}

/** The value of a JSON text in which each number is the string of its literal. */
export function withNumbersAsStrings(json: string): unknown {
  const tokens = json.match(/"(?:[^"\\]|\\.)*"|[[\]{}:,]|[^\s[\]{}:,"]+/gs) ?? [];
  return valueOf(tokens.values());
}

/** A reader of its own: the engine's at times takes the key of another object for one with escapes. */
function valueOf(tokens: Iterator<string>, first = next(tokens)): unknown {
  if (first === '[') {
    const list: unknown[] = [];
    for (let token = next(tokens); token !== ']'; token = next(tokens)) {
      if (token !== ',') list.push(valueOf(tokens, token));
    }
    return list;
  }
  if (first === '{') {
    const object = {};
    for (let token = next(tokens); token !== '}'; token = next(tokens)) {
      if (token === ',') continue;
      next(tokens); // the colon
      const value = valueOf(tokens);
      const member = { value, enumerable: true, writable: true, configurable: true };
      Object.defineProperty(object, JSON.parse(token) as string, member);
    }
    return object;
  }
  return /^[-\d]/.test(first) ? `number ${first}` : JSON.parse(first);
}

function next(tokens: Iterator<string>): string {
  const { done, value } = tokens.next();
  if (done === true) throw new SyntaxError('the text is cut');
  return value;
}
