import {
  ApiError,
  illegalArgument,
  invalidRequest,
  refuseUnknownFields,
  resourceNotFound,
} from '../errors.ts';
import { type Answer } from '../http/router.ts';
import { isObject, type JsonObject, toList } from '../json/exact.ts';
import { type Cluster, type Template } from '../state/cluster.ts';
import { showLifecycle } from '../state/data-lifecycle.ts';
import { asObject, fieldOf, parseMapping } from '../state/mapping.ts';
import { parseSettings, showSettings } from '../state/settings.ts';
import {
  compose,
  componentsOf,
  isStreamTemplate,
  matchingTemplates,
  patternsOf,
  priorityOf,
  templateFor,
} from '../state/templates.ts';
import { isPattern, matchesPattern, patternsOverlap } from '../text/wildcard.ts';
import { ACKNOWLEDGED, type Call, namesOf, ok, type Route } from './call.ts';

type Kind = 'component_template' | 'index_template';

/** `_component_template` and `_index_template`: the settings of new indices and data streams, by their names. */
export const templateRoutes: readonly Route[] = [
  ...routesOf('component_template', putComponent, checkUnused),
  ...routesOf('index_template', putTemplate, checkUnbound),
  {
    api: 'index_template',
    methods: ['POST'],
    paths: ['/_index_template/_simulate_index/{index}'],
    parameters: [],
    handle: simulateIndex,
  },
];

function routesOf(
  kind: Kind,
  put: (cluster: Cluster, name: string, body: JsonObject) => void,
  checkFree: (cluster: Cluster, names: readonly string[]) => void,
): Route[] {
  const templatesOf = ({ cluster }: Call): Map<string, Template> =>
    kind === 'component_template' ? cluster.componentTemplates : cluster.indexTemplates;
  const path = `/_${kind}/{name}`;
  const noun = kind.replace('_', ' ');
  return [
    {
      api: kind,
      methods: ['PUT'],
      paths: [path],
      parameters: ['create'],
      handle: (call) => {
        const { name = '' } = call.parts;
        if (!/^[^_\s,#*A-Z][^\s,#*A-Z]*$/.test(name)) throw invalidTemplate(name, 'invalid name');
        if (call.parameters.flag('create') && templatesOf(call).has(name))
          throw illegalArgument(`${noun} [${name}] already exists`);
        put(call.cluster, name, call.body.object());
        return ACKNOWLEDGED;
      },
    },
    {
      api: kind,
      methods: ['GET', 'HEAD'],
      paths: [`/_${kind}`, path],
      parameters: [],
      handle: (call) => {
        const { name: wanted = '*' } = call.parts;
        const found = [...templatesOf(call)].filter(([name]) => matchesPattern(wanted, name));
        if (found.length === 0 && !isPattern(wanted))
          throw resourceNotFound(`${noun} matching [${wanted}] not found`);
        const list = found.map(([name, template]) => ({ name, [kind]: showTemplate(template) }));
        return ok({ [`${kind}s`]: list });
      },
    },
    {
      api: kind,
      methods: ['DELETE'],
      paths: [path],
      parameters: [],
      handle: (call) => {
        const templates = templatesOf(call);
        const names = namesOf(call, 'name').flatMap((wanted) => {
          const found = [...templates.keys()].filter((name) => matchesPattern(wanted, name));
          if (found.length === 0) throw missingTemplate(kind, wanted);
          return found;
        });
        checkFree(call.cluster, names);
        for (const name of names) templates.delete(name);
        return ACKNOWLEDGED;
      },
    },
  ];
}

function putComponent(cluster: Cluster, name: string, body: JsonObject): void {
  refuseUnknownFields('component_template', body, ['_meta', 'template', 'version']);
  if (body['template'] === undefined) throw illegalArgument('Required [template]');
  checkPart(body);
  parseMapping(asObject(body['template'])['mappings']);
  cluster.componentTemplates.set(name, body);
}

/** @throws {ApiError} 400 if an index template needs one of the component templates */
function checkUnused({ indexTemplates }: Cluster, names: readonly string[]): void {
  for (const [user, template] of indexTemplates) {
    const optional = toList(template['ignore_missing_component_templates']);
    const used = componentsOf(template).filter(
      (name) => names.includes(name) && !optional.includes(name),
    );
    if (used.length > 0) {
      throw illegalArgument(
        `component templates [${used.join(', ')}] cannot be removed as they are still in use by index templates [${user}]`,
      );
    }
  }
}

const FIELDS = [
  '_meta',
  'allow_auto_create',
  'composed_of',
  'data_stream',
  'ignore_missing_component_templates',
  'index_patterns',
  'priority',
  'template',
  'version',
];

function putTemplate(cluster: Cluster, name: string, body: JsonObject): void {
  const template = parseTemplate(body);
  checkComponents(cluster, name, template);
  checkOverlap(cluster, name, template);
  checkComposed(cluster, name, template);
  const before = cluster.indexTemplates.get(name);
  cluster.indexTemplates.set(name, template);
  try {
    checkStreams(cluster, name);
  } catch (error) {
    if (before === undefined) cluster.indexTemplates.delete(name);
    else cluster.indexTemplates.set(name, before);
    throw error;
  }
}

const STREAM_FIELDS = ['hidden', 'allow_custom_routing'];

function parseTemplate(body: JsonObject): Template {
  refuseUnknownFields('index_template', body, FIELDS);
  if (patternsOf(body).length === 0) throw illegalArgument('Required [index_patterns]');
  if (priorityOf(body) < 0) throw invalidRequest('index template priority must be >= 0');
  const { data_stream: stream } = body;
  if (isObject(stream)) refuseUnknownFields('data_stream_template', stream, STREAM_FIELDS);
  checkPart(body);
  if (asObject(body['template'])['lifecycle'] !== undefined && stream === undefined)
    throw illegalArgument('only a template of data streams can have a lifecycle');
  return {
    ...body,
    index_patterns: patternsOf(body),
    composed_of: componentsOf(body),
    ...(isObject(stream)
      ? { data_stream: { hidden: false, allow_custom_routing: false, ...stream } }
      : {}),
  };
}

/** Refuses a wrong `template` part of a component or index template. */
function checkPart(body: JsonObject): void {
  const part = asObject(body['template']);
  refuseUnknownFields('template', part, ['aliases', 'lifecycle', 'mappings', 'settings']);
  if (part['lifecycle'] !== undefined) {
    const known = ['data_retention', 'enabled'];
    refuseUnknownFields('lifecycle_template', asObject(part['lifecycle']), known);
  }
  parseSettings(part['settings']);
}

function checkComponents(cluster: Cluster, name: string, template: Template): void {
  const optional = toList(template['ignore_missing_component_templates']);
  const missing = componentsOf(template).filter(
    (component) => !cluster.componentTemplates.has(component) && !optional.includes(component),
  );
  if (missing.length === 0) return;
  throw invalidTemplate(
    name,
    `index template [${name}] specifies component templates [${missing.join(', ')}] that do not exist`,
  );
}

function checkOverlap(cluster: Cluster, name: string, template: Template): void {
  const same = [...cluster.indexTemplates].filter(
    ([otherName, other]) =>
      otherName !== name &&
      priorityOf(other) === priorityOf(template) &&
      patternsOf(other).some((theirs) =>
        patternsOf(template).some((ours) => patternsOverlap(ours, theirs)),
      ),
  );
  if (same.length === 0) return;
  const names = same.map(([other]) => other).join(', ');
  const details = same
    .map(([other, its]) => `${other} => [${patternsOf(its).join(', ')}]`)
    .join(', ');
  throw illegalArgument(
    `index template [${name}] has index patterns [${patternsOf(template).join(', ')}] matching patterns from existing templates [${names}] with patterns (${details}) that have the same priority [${priorityOf(template)}], multiple index templates may not match during index creation, please use a different priority`,
  );
}

/** The parts together have to make an index. */
function checkComposed(cluster: Cluster, name: string, template: Template): void {
  const { mapping } = compose(cluster, template);
  const type = String(asObject(fieldOf(mapping, '@timestamp'))['type']);
  if (!isStreamTemplate(template) || type === 'date') return;
  throw illegalArgument(
    `composable template [${name}] template after composition is invalid: [@timestamp] is of type [${type}]`,
  );
}

/** @throws {ApiError} 400 if a data stream has no data stream template any more */
function checkStreams(cluster: Cluster, name: string): void {
  const lost = [...cluster.streams.keys()].filter((stream) => {
    const found = templateFor(cluster, stream);
    return found === null || !isStreamTemplate(found.template);
  });
  if (lost.length === 0) return;
  throw illegalArgument(
    `composable template [${name}] would cause data streams [${lost.join(', ')}] to no longer match a data stream template`,
  );
}

/** @throws {ApiError} 400 if data streams would have no data stream template without these index templates */
function checkUnbound(cluster: Cluster, names: readonly string[]): void {
  const used = [...cluster.streams.keys()].filter((stream) => {
    const matching = matchingTemplates(cluster, stream).filter(({ template }) =>
      isStreamTemplate(template),
    );
    return matching.length > 0 && matching.every(({ name }) => names.includes(name));
  });
  if (used.length === 0) return;
  throw illegalArgument(
    `unable to remove composable templates [${names.join(', ')}] as they are in use by a data streams [${used.join(', ')}]`,
  );
}

/** A template as the server shows it: settings as nested texts. */
function showTemplate(template: Template): JsonObject {
  const part = template['template'];
  if (!isObject(part)) return template;
  const { settings, lifecycle } = part;
  return {
    ...template,
    template: {
      ...part,
      ...(settings === undefined ? {} : { settings: showSettings(parseSettings(settings), false) }),
      ...(isObject(lifecycle) ? { lifecycle: showLifecycle(lifecycle) } : {}),
    },
  };
}

/** The result of all templates for an index of that name; with a body, as if that template had been put. */
function simulateIndex({ body, cluster, parts }: Call): Answer {
  const { index = '' } = parts;
  const matching = matchingTemplates(cluster, index);
  if (!body.isEmpty) {
    const name = 'simulate_index_template';
    const template = parseTemplate(body.object());
    checkComponents(cluster, name, template);
    if (patternsOf(template).some((pattern) => matchesPattern(pattern, index)))
      matching.unshift({ name, template });
  }
  const [chosen, ...others] = matching;
  if (chosen === undefined) return ok({});
  const { settings, mapping, aliases, lifecycle } = compose(cluster, chosen.template);
  return ok({
    template: {
      settings: showSettings(settings, false),
      ...(Object.keys(mapping).length > 0 ? { mappings: mapping } : {}),
      aliases,
      ...(lifecycle === null ? {} : { lifecycle: showLifecycle(lifecycle) }),
    },
    overlapping: others.map((other) => ({
      name: other.name,
      index_patterns: patternsOf(other.template),
    })),
  });
}

function missingTemplate(kind: Kind, name: string): ApiError {
  return kind === 'component_template'
    ? resourceNotFound(name)
    : new ApiError(404, {
        type: 'index_template_missing_exception',
        reason: `index_template [${name}] missing`,
      });
}

function invalidTemplate(name: string, cause: string): ApiError {
  return new ApiError(400, {
    type: 'invalid_index_template_exception',
    reason: `index_template [${name}] invalid, cause [${cause}]`,
  });
}
