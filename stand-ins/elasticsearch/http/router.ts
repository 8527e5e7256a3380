import { type ApiName } from '../sim/api-names.ts';
import { type Asked } from './asked.ts';

/** What a handler answers; without `body` an empty one. */
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
}

export type Method = 'DELETE' | 'GET' | 'HEAD' | 'POST' | 'PUT';

/** One API: its methods, paths (`{index}` stands for one segment), query parameters and handler. */
export interface Route {
  readonly api: ApiName;
  readonly methods: readonly Method[];
  readonly paths: readonly string[];
  readonly parameters: readonly string[];
  readonly handle: (asked: Asked) => Answer | Promise<Answer>;
}

export interface Match {
  readonly route: Route;
  /** Decoded values of the path's `{…}` segments. */
  readonly parts: Readonly<Record<string, string>>;
}

interface Node {
  readonly literals: Map<string, Node>;
  wildcard: Node | null;
  readonly routes: Map<Method, { route: Route; names: readonly string[] }>;
}

const METHOD_ORDER: readonly Method[] = ['GET', 'POST', 'PUT', 'DELETE', 'HEAD'];

export class Router {
  readonly #root: Node = emptyNode();

  constructor(routes: readonly Route[]) {
    for (const route of routes) for (const path of route.paths) this.#add(route, path);
  }

  /** The API of a request, or else the methods of its path; an empty list if there is no such path. */
  find(method: string, segments: readonly string[]): Match | readonly Method[] {
    const found = lookUp(this.#root, segments, 0, []);
    const entry = found?.node.routes.get(method as Method);
    if (found === null || entry === undefined) {
      return METHOD_ORDER.filter((name) => found?.node.routes.has(name));
    }
    const parts = entry.names.map((name, index) => [name, found.values[index] ?? '']);
    return { route: entry.route, parts: Object.fromEntries(parts) };
  }

  #add(route: Route, path: string): void {
    let node = this.#root;
    const names: string[] = [];
    for (const segment of toSegments(path)) {
      if (segment.startsWith('{')) {
        names.push(segment.slice(1, -1));
        node.wildcard ??= emptyNode();
        node = node.wildcard;
      } else {
        let next = node.literals.get(segment);
        if (next === undefined) node.literals.set(segment, (next = emptyNode()));
        node = next;
      }
    }
    for (const method of route.methods) {
      if (node.routes.has(method)) throw new Error(`two APIs for ${method} ${path}`);
      node.routes.set(method, { route, names });
    }
  }
}

/** Segments of a path, still encoded. A slash at the end is ignored. */
export function toSegments(path: string): string[] {
  return path.split('/').slice(1, path.endsWith('/') ? -1 : undefined);
}

interface LookedUp {
  readonly node: Node;
  readonly values: readonly string[];
}

/** The node of a path that has routes. A literal segment comes before `{…}`, with every method. */
function lookUp(
  node: Node,
  segments: readonly string[],
  depth: number,
  values: readonly string[],
): LookedUp | null {
  const segment = segments[depth];
  if (segment === undefined) return node.routes.size > 0 ? { node, values } : null;
  const literal = node.literals.get(segment);
  const found = literal === undefined ? null : lookUp(literal, segments, depth + 1, values);
  if (found !== null || node.wildcard === null || segment === '') return found;
  return lookUp(node.wildcard, segments, depth + 1, [...values, segment]);
}

function emptyNode(): Node {
  return { literals: new Map(), wildcard: null, routes: new Map() };
}
