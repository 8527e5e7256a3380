import { isIP } from 'node:net';

import { asText, isObject, type JsonObject } from '../../json/exact.ts';
import { asObject, isContainer, type Mapping } from '../../state/mapping.ts';
import { parseDate } from '../../text/dates.ts';
import { isNumberType, isPlainNumber } from './numbers.ts';
import { MAX_TERM_BYTES } from './texts.ts';

/** True for a value that the field takes without a question; neither null nor an array. */
type Check = (value: unknown) => boolean;

interface Plan {
  readonly fields: ReadonlyMap<string, Check | Plan | 'anything'>;
  /** Fields that the mapping does not name are stored and no more. */
  readonly unnamed: boolean;
}

// A character takes three bytes in UTF-8 at most, a surrogate pair four.
const SURELY_SHORT = Math.floor(MAX_TERM_BYTES / 3);

const plans = new WeakMap<Mapping, Plan>();

/**
 * True where every value of a document plainly fits its field. False says nothing: the document has to be looked at
 * closely, which costs ten times as much.
 */
export function fitsPlainly(mapping: Mapping, ignoreAbove: number, source: unknown): boolean {
  let plan = plans.get(mapping);
  if (plan === undefined) plans.set(mapping, (plan = toPlan(mapping, 'true', ignoreAbove)));
  return fitsObject(plan, source);
}

function fitsObject(plan: Plan, value: unknown): boolean {
  if (Array.isArray(value)) return value.every((item) => item === null || fitsObject(plan, item));
  if (!isObject(value)) return false;
  for (const name of Object.keys(value)) {
    const known = plan.fields.get(name);
    const inner = value[name];
    if (known === undefined) {
      if (!plan.unnamed || !/^[a-zA-Z]\w*$/.test(name)) return false;
    } else if (known !== 'anything' && inner !== null) {
      const fits = typeof known === 'function' ? fitsField(known, inner) : fitsObject(known, inner);
      if (!fits) return false;
    }
  }
  return true;
}

function fitsField(check: Check, value: unknown): boolean {
  if (Array.isArray(value)) return value.every((item) => item === null || fitsField(check, item));
  return check(value);
}

function toPlan(node: JsonObject, inherited: string, ignoreAbove: number): Plan {
  const dynamic = asText(node['dynamic'] ?? inherited);
  const fields = new Map<string, Check | Plan | 'anything'>();
  for (const [name, given] of Object.entries(asObject(node['properties']))) {
    const field = asObject(given);
    if (field['enabled'] === false) fields.set(name, 'anything');
    else if (isContainer(field)) fields.set(name, toPlan(field, dynamic, ignoreAbove));
    else fields.set(name, toCheck(field, ignoreAbove));
  }
  return { fields, unnamed: dynamic === 'false' && node['subobjects'] === undefined };
}

function toCheck(definition: JsonObject, ignoreAbove: number): Check {
  const checks = [definition, ...Object.values(asObject(definition['fields'])).map(asObject)].map(
    (one) => plainCheck(one, ignoreAbove),
  );
  const [only] = checks;
  return checks.length === 1 && only !== undefined
    ? only
    : (value) => checks.every((check) => check(value));
}

function plainCheck(definition: JsonObject, ignoreAbove: number): Check {
  const type = String(definition['type']);
  if (isNumberType(type)) return (value) => typeof value === 'number' && isPlainNumber(type, value);
  switch (type) {
    case 'keyword':
    case 'wildcard': {
      const longest = Math.min(SURELY_SHORT, Number(definition['ignore_above'] ?? ignoreAbove));
      return (value) => typeof value === 'string' && value.length <= longest;
    }
    case 'text':
    case 'match_only_text':
      return (value) => typeof value === 'string';
    case 'constant_keyword': {
      const { value: constant } = definition;
      return (value) => typeof constant === 'string' && value === constant;
    }
    case 'boolean':
      return (value) => typeof value === 'boolean';
    case 'date':
      return dateCheck(definition);
    case 'ip':
      return (value) => typeof value === 'string' && isIP(value) > 0 && !value.includes('%');
    case 'flattened':
      return isPlainlyFlat;
    default:
      return () => false;
  }
}

/** Documents of one request often carry one time. */
function dateCheck({ format }: JsonObject): Check {
  let last: unknown;
  return (value) => {
    if (value === last) return true;
    if (typeof value !== 'string') return false;
    const date = parseDate(value, typeof format === 'string' ? format : undefined);
    if (typeof date !== 'number') return false;
    last = value;
    return true;
  };
}

/** An object of one level with short leaves. */
function isPlainlyFlat(value: unknown): boolean {
  if (!isObject(value)) return false;
  return Object.entries(value).every(
    ([name, leaf]) =>
      typeof leaf !== 'object' && name.length + asText(leaf).length < SURELY_SHORT - 1,
  );
}
