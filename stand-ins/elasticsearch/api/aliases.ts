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
import { checkAlias, checkHolders } from '../state/create.ts';
import { type Alias, type Index } from '../state/index.ts';
import { resolveNames } from '../state/names.ts';
import { toAlias } from '../state/templates.ts';
import { isPattern, matchesPattern } from '../text/wildcard.ts';
import { type Call, namesOf, ok, type Route } from './call.ts';
import { NAME_PARAMETERS, toNameOptions } from './name-options.ts';

const CHANGED: Answer = { status: 200, body: { acknowledged: true, errors: false } };

/** `_aliases` and `_alias`: further names of indices and data streams. */
export const aliasRoutes: readonly Route[] = [
  {
    api: 'alias',
    methods: ['POST'],
    paths: ['/_aliases'],
    parameters: ['master_timeout', 'timeout'],
    handle: change,
  },
  {
    api: 'alias',
    methods: ['GET', 'HEAD'],
    paths: ['/_alias', '/_alias/{name}', '/{index}/_alias', '/{index}/_alias/{name}'],
    parameters: [...NAME_PARAMETERS, 'local', 'master_timeout'],
    handle: get,
  },
  {
    api: 'alias',
    methods: ['PUT', 'POST'],
    paths: ['/{index}/_alias/{name}', '/{index}/_aliases/{name}'],
    parameters: ['master_timeout', 'timeout'],
    handle: (call) => {
      const { index, name: alias } = call.parts;
      return apply(call.cluster, [
        { kind: 'add', action: { index, alias, ...call.body.optionalObject() } },
      ]);
    },
  },
  {
    api: 'alias',
    methods: ['DELETE'],
    paths: ['/{index}/_alias/{name}', '/{index}/_aliases/{name}'],
    parameters: ['master_timeout', 'timeout'],
    handle: (call) => {
      const { index, name: alias } = call.parts;
      return apply(call.cluster, [{ kind: 'remove', action: { index, alias } }]);
    },
  },
];

interface Step {
  readonly kind: 'add' | 'remove' | 'remove_index';
  readonly action: JsonObject;
}

const NAMES = ['alias', 'aliases', 'index', 'indices', 'must_exist'];
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  add: [
    ...NAMES,
    'filter',
    'index_routing',
    'is_hidden',
    'is_write_index',
    'routing',
    'search_routing',
  ],
  remove: NAMES,
  remove_index: NAMES,
};

function change(call: Call): Answer {
  const body = call.body.object();
  refuseUnknownFields('aliases', body, ['actions']);
  const { actions } = body;
  if (!Array.isArray(actions) || actions.length === 0) throw illegalArgument('No action specified');
  const steps = actions.flatMap(parseStep);
  return apply(call.cluster, steps);
}

function parseStep(given: unknown): Step[] {
  const step = isObject(given) ? given : {};
  refuseUnknownFields('alias_action', step, Object.keys(FIELDS));
  return Object.entries(step).map(([kind, value]) => {
    const action = isObject(value) ? value : {};
    refuseUnknownFields(kind, action, FIELDS[kind] ?? []);
    const missing = missingPart(kind, action);
    if (missing !== null) {
      throw contentError('[aliases] failed to parse field [actions]', {
        type: 'illegal_argument_exception',
        reason: missing,
      });
    }
    return { kind: kind as Step['kind'], action };
  });
}

function missingPart(kind: string, action: JsonObject): string | null {
  if (action['index'] === undefined && action['indices'] === undefined) {
    return 'One of [index] or [indices] is required';
  }
  if (kind === 'remove_index') return null;
  return action['alias'] === undefined && action['aliases'] === undefined
    ? 'One of [alias] or [aliases] is required'
    : null;
}

type Holder = DataStream | Index;

interface Change {
  readonly holder: Holder;
  readonly alias: string;
  /** Null takes the alias away. */
  readonly body: Alias | null;
}

/** Carries out all steps or, where the outcome would not be allowed, none. */
function apply(cluster: Cluster, steps: readonly Step[]): Answer {
  const dropped = steps
    .filter(({ kind }) => kind === 'remove_index')
    .flatMap(({ action }) => toList(action['indices'] ?? action['index']))
    .flatMap((name) => holdersOf(cluster, name));
  const changes = steps.flatMap((step) => changesOf(cluster, step));
  const wanted = steps.flatMap(({ action }) => toList(action['aliases'] ?? action['alias']));
  if (changes.length === 0 && dropped.length === 0) throw aliasesMissing(wanted);
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
  const holders = toList(action['indices'] ?? action['index']).flatMap((name) =>
    holdersOf(cluster, name),
  );
  const aliases = toList(action['aliases'] ?? action['alias']);
  if (kind === 'add') {
    const rest = Object.entries(action).filter(([name]) => !NAMES.includes(name));
    const body = toAlias(Object.fromEntries(rest));
    return holders.flatMap((holder) => aliases.map((alias) => ({ holder, alias, body })));
  }
  const changes = holders.flatMap((holder) =>
    [...holder.aliases.keys()]
      .filter((name) => aliases.some((alias) => matchesPattern(alias, name)))
      .map((alias) => ({ holder, alias, body: null })),
  );
  if (changes.length === 0 && action['must_exist'] === true) throw aliasesMissing(aliases);
  return changes;
}

function holdersOf(cluster: Cluster, name: string): Holder[] {
  const stream = cluster.streams.get(name);
  if (stream !== undefined) return [stream];
  const index = cluster.indices.get(name);
  if (index !== undefined && index.stream !== null) {
    throw illegalArgument(
      `The provided expressions [${name}] match a backing index belonging to data stream [${index.stream}]. Data stream backing indices don't support aliases.`,
    );
  }
  if (index !== undefined) return [index];
  if (!isPattern(name)) throw indexNotFound(name);
  const streams = [...cluster.streams.values()].filter((one) => matchesPattern(name, one.name));
  const indices = [...cluster.indices.values()].filter(
    (one) => one.stream === null && !one.isHidden && matchesPattern(name, one.name),
  );
  if (streams.length + indices.length === 0) throw indexNotFound(name);
  return [...streams, ...indices];
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
  const wanted = parts['name'] === undefined ? null : namesOf(call, 'name');
  const matches = (alias: string): boolean =>
    wanted?.some((name) => name === '_all' || matchesPattern(name, alias)) ?? true;
  const options = toNameOptions(call.parameters, { hidden: true, streams: false });
  const named = parts['index'] === undefined ? null : namesOf(call, 'index');
  const body: JsonObject = {};
  const found = new Set<string>();
  const add = (name: string, aliases: ReadonlyMap<string, Alias>): void => {
    const chosen = [...aliases].filter(([alias]) => matches(alias));
    for (const [alias] of chosen) found.add(alias);
    if (chosen.length > 0 || wanted === null) body[name] = { aliases: Object.fromEntries(chosen) };
  };
  const plain = named?.filter((name) => !cluster.streams.has(name)) ?? ['*'];
  const targets = plain.length === 0 ? [] : resolveNames(cluster, plain, options);
  for (const { index } of targets) add(index.name, index.aliases);
  for (const stream of cluster.streams.values()) {
    const asked = named?.some((name) => matchesPattern(name, stream.name)) ?? wanted !== null;
    if (asked) add(stream.name, stream.aliases);
  }
  const missing = (wanted ?? []).filter(
    (name) => !isPattern(name) && name !== '_all' && !found.has(name),
  );
  if (missing.length === 0) return ok(body);
  const noun = missing.length === 1 ? 'alias' : 'aliases';
  return {
    status: 404,
    body: { error: `${noun} [${missing.join(',')}] missing`, status: 404, ...body },
  };
}
