import { ApiError } from '../api-error.ts';
import type { RequestKind } from '../faults.ts';
import { valueOf, type Pairs } from '../parameters.ts';
import type { Simulator } from '../simulator.ts';
import type { Answer, ApiRequest } from './answer.ts';
import { listDeleted } from './deleted.ts';
import { getIndicator, listIndicators } from './indicators.ts';
import { listOwners } from './owners.ts';

export interface Route {
  kind: RequestKind;
  /** A page in the sense of scripts: a list of indicators that asks for more than one. */
  isPage: boolean;
  handle: (simulator: Simulator, request: ApiRequest) => Answer;
}

/** Path segments behind `/api/v3`, decoded; null for any other path. */
export function segmentsOf(path: string): string[] | null {
  if (!path.startsWith('/api/v3/')) return null;
  try {
    return path.slice('/api/v3/'.length).split('/').map(decodeURIComponent);
  } catch {
    return null;
  }
}

/**
 * A list of indicators with `count=true` and `resultLimit=1` is a count; every other one is a page, a page of one
 * record too.
 */
export function routeOf(method: string, segments: readonly string[] | null, pairs: Pairs): Route {
  const [first, second, ...rest] = segments ?? [];
  const route = (kind: RequestKind, handle: Route['handle']): Route => ({
    kind,
    isPage: false,
    handle: method === 'GET' || kind === 'other' ? handle : refuseMethod,
  });
  if (first === 'security' && second === 'owners' && rest.length === 0) {
    return route('owners', listOwners);
  }
  if (first !== 'indicators' || rest.length > 0) return route('other', notFound);
  if (second === 'deleted') return route('deleted', listDeleted);
  if (second !== undefined) return route('single', getIndicator);
  const limit = valueOf(pairs, 'resultLimit');
  const counts = valueOf(pairs, 'count')?.toLowerCase() === 'true' && limit === '1';
  return { ...route(counts ? 'count' : 'page', listIndicators), isPage: limit !== '1' };
}

function notFound(): never {
  throw new ApiError('notFound', 'The requested resource was not found');
}

function refuseMethod(): never {
  throw new ApiError('methodNotAllowed', 'The requested operation is not supported');
}
