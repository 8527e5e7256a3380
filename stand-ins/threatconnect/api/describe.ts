import { INDICATOR_FIELDS } from '../fields.ts';
import type { RelatedKind } from '../related/kind.ts';
import { vocabularyOf } from '../related/kind.ts';
import { indicatorsOf } from '../related/reach.ts';
import { worldOf } from '../related/world.ts';
import type { Simulator } from '../simulator.ts';
import type { Vocabulary } from '../tql/predicate.ts';
import { json, type Answer } from './answer.ts';

/** `OPTIONS /v3/<list>/fields`. @see the vendor's "Include Additional Fields in API Responses" page */
export function describeFields(kind: RelatedKind | null): Answer {
  const names = kind === null ? INDICATOR_FIELDS : Object.keys(kind.fields);
  return described(
    names.map((name) => ({
      description: `Includes ${name} in the response`,
      includedByDefault: false,
      name,
    })),
  );
}

/**
 * `OPTIONS /v3/<list>/tql`: the parameters that this server evaluates. A real instance lists more.
 *
 * @see the vendor's "Filter Results With TQL" page
 */
export function describeTql(kind: RelatedKind | null, simulator: Simulator): Answer {
  const world = worldOf(simulator);
  return described(kind === null ? rowsOf(indicatorsOf(world)) : rowsOf(vocabularyOf(kind, world)));
}

function rowsOf<Row>({ columns, subQueries }: Vocabulary<Row>): Record<string, unknown>[] {
  const parameters = columns.map(({ name, type }) => ({
    keyword: name,
    name,
    type: type.charAt(0).toUpperCase() + type.slice(1),
  }));
  const nested = Object.keys(subQueries).map((name) => {
    const keyword = NAMES.find((each) => each.toLowerCase() === name) ?? name;
    return { keyword, name: keyword, type: 'Subquery' };
  });
  return [...parameters, ...nested];
}

const NAMES = ['hasAttribute', 'hasGroup', 'hasIndicator', 'hasSecurityLabel', 'hasTag'];

function described(rows: readonly Record<string, unknown>[]): Answer {
  return json(200, JSON.stringify({ data: rows, count: rows.length, status: 'Success' }));
}
