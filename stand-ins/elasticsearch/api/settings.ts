import { illegalArgument, invalidRequest } from '../errors.ts';
import { type Answer } from '../http/router.ts';
import { isObject, type JsonObject } from '../json/exact.ts';
import { resolveNames } from '../state/names.ts';
import { isStaticSetting } from '../state/setting-names.ts';
import { parseSettings, showSettings } from '../state/settings.ts';
import { matchesPattern } from '../text/wildcard.ts';
import { ACKNOWLEDGED, type Call, namesOf, ok, type Route } from './call.ts';
import { NAME_PARAMETERS, toNameOptions } from './name-options.ts';

/** `_settings` of indices. */
export const settingsRoutes: readonly Route[] = [
  {
    api: 'settings',
    methods: ['GET'],
    paths: ['/_settings', '/{index}/_settings', '/{index}/_settings/{name}'],
    parameters: [...NAME_PARAMETERS, 'flat_settings'],
    handle: get,
  },
  {
    api: 'settings',
    methods: ['PUT'],
    paths: ['/{index}/_settings'],
    parameters: NAME_PARAMETERS,
    handle: put,
  },
];

function get(call: Call): Answer {
  const { cluster, parameters } = call;
  const flat = parameters.flag('flat_settings');
  const wanted = namesOf(call, 'name');
  const body: JsonObject = {};
  for (const index of resolveNames(cluster, namesOf(call, 'index'), toNameOptions(parameters))) {
    const chosen = Object.entries(index.settings).filter(([name]) =>
      wanted.some((pattern) => matchesPattern(pattern, name)),
    );
    if (chosen.length === 0) continue;
    body[index.name] = { settings: showSettings(Object.fromEntries(chosen), flat) };
  }
  return ok(body);
}

function put(call: Call): Answer {
  const body = call.body.object();
  const changes = parseSettings(isObject(body['settings']) ? body['settings'] : body);
  const names = Object.keys(changes);
  if (names.length === 0) throw invalidRequest('no settings to update');
  const options = toNameOptions(call.parameters, { allowNoIndices: false });
  const indices = resolveNames(call.cluster, namesOf(call, 'index'), options);
  const fixed = names.filter(isStaticSetting);
  if (fixed.length > 0) {
    const list = indices.map(({ name, uuid }) => `[${name}/${uuid}]`).join(', ');
    throw illegalArgument(
      `Can't update non dynamic settings [[${fixed.join(', ')}]] for open indices [${list}] unless the \`reopen\` query parameter is set to true. Alternatively, close the indices, apply the settings changes, and reopen the indices`,
    );
  }
  for (const index of indices) {
    const merged = Object.entries({ ...index.settings, ...changes }).filter(
      ([, value]) => value !== null,
    );
    index.settings = Object.fromEntries(merged);
  }
  return ACKNOWLEDGED;
}
