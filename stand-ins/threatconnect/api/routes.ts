import { ApiError } from '../api-error.ts';
import type { RequestKind } from '../faults.ts';
import { valueOf, type Pairs } from '../parameters.ts';
import { GROUP_ATTRIBUTES, INDICATOR_ATTRIBUTES } from '../related/attributes.ts';
import { GROUPS } from '../related/groups.ts';
import type { RelatedKind } from '../related/kind.ts';
import { LABELS } from '../related/labels.ts';
import { TAGS } from '../related/tags.ts';
import type { Simulator, Site } from '../simulator.ts';
import type { Answer, ApiRequest } from './answer.ts';
import { listDeleted } from './deleted.ts';
import { getIndicator, listIndicators } from './indicators.ts';
import { describeFields, describeTql } from './describe.ts';
import { listOwners } from './owners.ts';
import { getRelated, listRelated } from './related.ts';

export interface Route {
  kind: RequestKind;
  /** True for a page as scripts count them: a list of indicators that is not a count. */
  isPage: boolean;
  handle: (simulator: Simulator, request: ApiRequest) => Answer;
}

/** Path segments behind `/v3`, decoded; null for any other path. */
export function segmentsOf(path: string, { basePath }: Site): string[] | null {
  const prefix = `${basePath}/v3/`;
  if (!path.startsWith(prefix)) return null;
  try {
    return path.slice(prefix.length).split('/').map(decodeURIComponent);
  } catch {
    return null;
  }
}

const RELATED: Readonly<Record<string, RelatedKind>> = {
  groups: GROUPS,
  groupAttributes: GROUP_ATTRIBUTES,
  indicatorAttributes: INDICATOR_ATTRIBUTES,
  securityLabels: LABELS,
  tags: TAGS,
};

/**
 * A list of indicators with `count=true` and `resultLimit=1` is a count; every other list is a page, even
 * if it has one record.
 */
export function routeOf(method: string, segments: readonly string[] | null, pairs: Pairs): Route {
  const [first = '', second, ...rest] = segments ?? [];
  const kind = RELATED[first];
  if (method === 'OPTIONS') return describing(first, second, kind ?? null);
  const route = (requested: RequestKind, handle: Route['handle']): Route => ({
    kind: requested,
    isPage: false,
    handle: method === 'GET' || requested === 'other' ? handle : refuseMethod,
  });
  if (first === 'security' && second === 'owners' && rest.length === 0) {
    return route('owners', listOwners);
  }
  if (rest.length > 0) return route('other', notFound);
  if (kind !== undefined) {
    const handler = second === undefined ? listRelated : getRelated;
    return route('related', (simulator, request) => handler(kind, simulator, request));
  }
  if (first !== 'indicators') return route('other', notFound);
  if (second === 'deleted') return route('deleted', listDeleted);
  if (second !== undefined) return route('single', getIndicator);
  const limit = valueOf(pairs, 'resultLimit');
  const counts = valueOf(pairs, 'count')?.toLowerCase() === 'true' && limit === '1';
  return { ...route(counts ? 'count' : 'page', listIndicators), isPage: limit !== '1' };
}

/** `OPTIONS /v3/<list>/fields` and `/tql`; `OPTIONS /v3/<list>` itself is for writers. */
function describing(first: string, second: string | undefined, kind: RelatedKind | null): Route {
  const isKnown = kind !== null || first === 'indicators';
  if (isKnown && second === 'fields') {
    return { kind: 'other', isPage: false, handle: () => describeFields(kind) };
  }
  if (isKnown && second === 'tql') {
    return { kind: 'other', isPage: false, handle: (simulator) => describeTql(kind, simulator) };
  }
  return { kind: 'other', isPage: false, handle: isKnown ? refuseMethod : notFound };
}

function notFound(): never {
  throw new ApiError('notFound', 'The requested resource was not found');
}

function refuseMethod(): never {
  throw new ApiError('methodNotAllowed', 'The requested operation is not supported');
}
