import {
  ApiError,
  contentError,
  illegalArgument,
  indexNotFound,
  refuseUnknownFields,
} from '../errors.ts';
import { type Answer } from '../http/router.ts';
import { isObject, type JsonObject, toList } from '../json/exact.ts';
import { type Cluster, type DataStream } from '../state/cluster.ts';
import { ALIAS_FIELDS, checkAlias, checkHolders } from '../state/create.ts';
import { type Alias, type Index } from '../state/index.ts';
import { isPattern, matchesPattern } from '../text/wildcard.ts';
import { type Call, namesOf, ok, type Route } from './call.ts';

const CHANGED: Answer = { status: 200, body: { acknowledged: true, errors: false } };

/** `_aliases` and `_alias`: more names of indices and data streams. */
export const aliasRoutes: readonly Route[] = [
  {
    api: 'alias',
    methods: ['POST'],
    paths: ['/_aliases'],
    parameters: [],
    handle: ({ body, cluster }) => {
      const given = body.object();
      refuseUnknownFields('aliases', given, ['actions']);
      const actions: unknown[] = Array.isArray(given['actions']) ? given['actions'] : [];
      if (actions.length === 0) throw illegalArgument('No action specified');
      return apply(cluster, actions.flatMap(parseSteps));
    },
  },
  {
    api: 'alias',
    methods: ['PUT'],
    paths: ['/{index}/_alias/{name}'],
    parameters: [],
    handle: ({ cluster, parts: { index, name: alias } }) =>
      apply(cluster, [{ kind: 'add', action: { index, alias } }]),
  },
  {
    api: 'alias',
    methods: ['GET', 'HEAD'],
    paths: ['/_alias', '/_alias/{name}', '/{index}/_alias', '/{index}/_alias/{name}'],
    parameters: [],
    handle: get,
  },
];

interface Step {
  readonly kind: 'add' | 'remove' | 'remove_index';
  readonly action: JsonObject;
}

const FIELDS: Readonly<Record<Step['kind'], readonly string[]>> = {
  add: ['alias', 'index', ...ALIAS_FIELDS],
  remove: ['alias', 'index', 'must_exist'],
  remove_index: ['index'],
};

function parseSteps(given: unknown): Step[] {
  const step = isObject(given) ? given : {};
  refuseUnknownFields('alias_action', step, Object.keys(FIELDS));
  return Object.entries(step).map(([name, value]) => {
    const kind = name as Step['kind'];
    const action = isObject(value) ? value : {};
    refuseUnknownFields(kind, action, FIELDS[kind]);
    const isComplete = kind === 'remove_index' || action['alias'] !== undefined;
    if (action['index'] === undefined || !isComplete)
      throw contentError('[aliases] an action needs [index] and [alias]');
    return { kind, action };
  });
}

type Holder = DataStream | Index;

interface Change {
  readonly holder: Holder;
  readonly alias: string;
  /** `null` removes the alias. */
  readonly body: Alias | null;
}

/** Carries out all steps, or none if the result is not allowed. */
function apply(cluster: Cluster, steps: readonly Step[]): Answer {
  const dropped = steps
    .filter(({ kind }) => kind === 'remove_index')
    .flatMap(({ action }) => holdersOf(cluster, action));
  const changes = steps.flatMap((step) => changesOf(cluster, step));
  if (changes.length === 0 && dropped.length === 0)
    throw aliasesMissing(steps.flatMap(({ action }) => toList(action['alias'])));
  const before = new Map(changes.map(({ holder }) => [holder, [...holder.aliases]]));
  const gone = new Set(dropped.map(({ name }) => name));
  try {
    for (const { holder, alias, body } of changes) {
      if (body === null) holder.aliases.delete(alias);
      else {
        if (!gone.has(alias)) checkAlias(cluster, alias, body);
        holder.aliases.set(alias, body);
      }
    }
    for (const { alias } of changes) checkHolders(cluster, alias);
  } catch (error) {
    for (const [holder, aliases] of before) {
      holder.aliases.clear();
      for (const [alias, body] of aliases) holder.aliases.set(alias, body);
    }
    throw error;
  }
  for (const holder of dropped) if ('documents' in holder) cluster.dropIndex(holder);
  return CHANGED;
}

function changesOf(cluster: Cluster, { kind, action }: Step): Change[] {
  if (kind === 'remove_index') return [];
  const { alias: named, index: _index, must_exist: mustExist, ...body } = action;
  const aliases = toList(named);
  const holders = holdersOf(cluster, action);
  if (kind === 'add')
    return holders.flatMap((holder) => aliases.map((alias) => ({ holder, alias, body })));
  const changes = holders.flatMap((holder) =>
    [...holder.aliases.keys()]
      .filter((name) => aliases.some((alias) => matchesPattern(alias, name)))
      .map((alias) => ({ holder, alias, body: null })),
  );
  if (changes.length === 0 && mustExist === true) throw aliasesMissing(aliases);
  return changes;
}

function holdersOf({ indices, streams }: Cluster, { index: named }: JsonObject): Holder[] {
  return toList(named).flatMap((name) => {
    const found = [...streams.values(), ...indices.values()].filter(
      (one) =>
        matchesPattern(name, one.name) &&
        !(isPattern(name) && 'stream' in one && (one.stream !== null || one.isHidden)),
    );
    if (found.length === 0) throw indexNotFound(name);
    if (found.some((one) => 'stream' in one && one.stream !== null))
      throw illegalArgument(`[${name}] is a backing index, which doesn't support aliases`);
    return found;
  });
}

function aliasesMissing(names: readonly string[]): ApiError {
  const list = names.join(',');
  return new ApiError(404, {
    type: 'aliases_not_found_exception',
    reason: `aliases [${list}] missing`,
    'resource.type': 'aliases',
    'resource.id': list,
  });
}

function get(call: Call): Answer {
  const { cluster, parts } = call;
  const wanted = namesOf(call, 'name');
  const named = namesOf(call, 'index');
  const body: JsonObject = {};
  const found = new Set<string>();
  for (const { name, aliases } of [...cluster.indices.values(), ...cluster.streams.values()]) {
    if (!named.some((one) => matchesPattern(one, name))) continue;
    const chosen = [...aliases].filter(([alias]) =>
      wanted.some((one) => matchesPattern(one, alias)),
    );
    for (const [alias] of chosen) found.add(alias);
    if (chosen.length > 0 || parts['name'] === undefined)
      body[name] = { aliases: Object.fromEntries(chosen) };
  }
  const missing = wanted.filter((name) => !isPattern(name) && !found.has(name));
  if (missing.length === 0) return ok(body);
  const noun = missing.length === 1 ? 'alias' : 'aliases';
  return {
    status: 404,
    body: { error: `${noun} [${missing.join(',')}] missing`, status: 404, ...body },
  };
}
