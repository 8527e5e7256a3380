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
import { asObject, fieldOf, toJava } from '../state/mapping.ts';
import { showSettings } from '../state/settings.ts';
import {
  compose,
  componentsOf,
  isStreamTemplate,
  matchingTemplates,
  type NamedTemplate,
  patternsOf,
  priorityOf,
  templateFor,
} from '../state/templates.ts';
import { isPattern, matchesPattern, patternsOverlap } from '../text/wildcard.ts';
import {
  checkName,
  checkTemplatePart,
  invalidTemplate,
  showTemplate,
} from './component-templates.ts';
import { ACKNOWLEDGED, type Call, namesOf, ok, type Route } from './call.ts';

/** `_index_template`: what new indices and data streams get by their names. */
export const indexTemplateRoutes: readonly Route[] = [
  {
    api: 'index_template',
    methods: ['PUT', 'POST'],
    paths: ['/_index_template/{name}'],
    parameters: ['cause', 'create', 'master_timeout'],
    handle: put,
  },
  {
    api: 'index_template',
    methods: ['GET'],
    paths: ['/_index_template', '/_index_template/{name}'],
    parameters: ['flat_settings', 'include_defaults', 'local', 'master_timeout'],
    handle: get,
  },
  {
    api: 'index_template',
    methods: ['HEAD'],
    paths: ['/_index_template/{name}'],
    parameters: ['flat_settings', 'local', 'master_timeout'],
    handle: get,
  },
  {
    api: 'index_template',
    methods: ['DELETE'],
    paths: ['/_index_template/{name}'],
    parameters: ['master_timeout', 'timeout'],
    handle: remove,
  },
  {
    api: 'index_template',
    methods: ['POST'],
    paths: ['/_index_template/_simulate_index/{index}'],
    parameters: ['cause', 'create', 'include_defaults', 'master_timeout'],
    handle: simulateIndex,
  },
];

const FIELDS = [
  '_meta',
  'allow_auto_create',
  'composed_of',
  'data_stream',
  'deprecated',
  'ignore_missing_component_templates',
  'index_patterns',
  'priority',
  'template',
  'version',
];

function put(call: Call): Answer {
  const { name = '' } = call.parts;
  const { indexTemplates } = call.cluster;
  const template = parseTemplate(call);
  checkName(name);
  if (call.parameters.flag('create') && indexTemplates.has(name)) {
    throw illegalArgument(`index template [${name}] already exists`);
  }
  checkComponents(call.cluster, name, template);
  checkOverlap(call.cluster, name, template);
  checkComposed(call.cluster, name, template);
  checkStreams(call.cluster, name, template);
  indexTemplates.set(name, template);
  return ACKNOWLEDGED;
}

function parseTemplate(call: Call): Template {
  const body = call.body.object();
  refuseUnknownFields('index_template', body, FIELDS);
  if (body['index_patterns'] === undefined) throw illegalArgument('Required [index_patterns]');
  if (patternsOf(body).length === 0)
    throw illegalArgument('There must be at least one pattern, zero given');
  if (priorityOf(body) < 0) throw invalidRequest('index template priority must be >= 0');
  const stream = body['data_stream'];
  if (isObject(stream)) {
    refuseUnknownFields('data_stream_template', stream, [
      'allow_custom_routing',
      'failure_store',
      'hidden',
      'index_mode',
    ]);
  }
  checkTemplatePart(body);
  if (asObject(body['template'])['lifecycle'] !== undefined && stream === undefined) {
    throw illegalArgument(
      `index template [${call.parts['name'] ?? ''}] specifies lifecycle configuration that can only be used in combination with a data stream`,
    );
  }
  return {
    ...body,
    index_patterns: patternsOf(body),
    composed_of: componentsOf(body),
    ...(isObject(stream)
      ? { data_stream: { hidden: false, allow_custom_routing: false, ...stream } }
      : {}),
  };
}

function checkComponents(cluster: Cluster, name: string, template: Template): void {
  const optional = toList(template['ignore_missing_component_templates']);
  const missing = componentsOf(template).filter(
    (component) => !cluster.componentTemplates.has(component) && !optional.includes(component),
  );
  if (missing.length > 0) {
    throw invalidTemplate(
      name,
      `index template [${name}] specifies component templates [${missing.join(', ')}] that do not exist`,
    );
  }
}

function checkOverlap(cluster: Cluster, name: string, template: Template): void {
  const same = overlapping(cluster, name, template).filter(
    ({ template: other }) => priorityOf(other) === priorityOf(template),
  );
  if (same.length === 0) return;
  const names = same.map((other) => other.name).join(', ');
  const details = same
    .map((other) => `${other.name} => [${patternsOf(other.template).join(', ')}]`)
    .join(', ');
  throw illegalArgument(
    `index template [${name}] has index patterns [${patternsOf(template).join(', ')}] matching patterns from existing templates [${names}] with patterns (${details}) that have the same priority [${priorityOf(template)}], multiple index templates may not match during index creation, please use a different priority`,
  );
}

function overlapping(cluster: Cluster, name: string, template: Template): NamedTemplate[] {
  const patterns = patternsOf(template);
  return [...cluster.indexTemplates]
    .map(([otherName, other]) => ({ name: otherName, template: other }))
    .filter(
      (other) =>
        other.name !== name &&
        patternsOf(other.template).some((theirs) =>
          patterns.some((ours) => patternsOverlap(ours, theirs)),
        ),
    );
}

/** The parts together have to make an index. */
function checkComposed(cluster: Cluster, name: string, template: Template): void {
  let problem: ApiError;
  try {
    const { mapping } = compose(cluster, template);
    const type = asObject(fieldOf(mapping, '@timestamp'))['type'];
    if (!isStreamTemplate(template) || type === 'date' || type === 'date_nanos') return;
    problem = illegalArgument(
      `data stream timestamp field [@timestamp] is of type [${toJava(type)}], but [date,date_nanos] is expected`,
    );
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    problem = error;
  }
  throw illegalArgument(`composable template [${name}] template after composition is invalid`, {
    type: 'illegal_argument_exception',
    reason: `invalid composite mappings for [${name}]`,
    caused_by: problem.fault,
  });
}

/** No template may take the data streams of others away. */
function checkStreams(cluster: Cluster, name: string, template: Template): void {
  const before = cluster.indexTemplates.get(name);
  cluster.indexTemplates.set(name, template);
  const lost = [...cluster.streams.keys()].filter((stream) => {
    const found = templateFor(cluster, stream);
    return found === null || !isStreamTemplate(found.template);
  });
  if (before === undefined) cluster.indexTemplates.delete(name);
  else cluster.indexTemplates.set(name, before);
  if (lost.length === 0) return;
  const plain = isStreamTemplate(template) ? '' : ' and no data stream configuration';
  throw illegalArgument(
    `composable template [${name}] with index patterns [${patternsOf(template).join(', ')}], priority [${priorityOf(template)}]${plain} would cause data streams [${lost.join(', ')}] to no longer match a data stream template`,
  );
}

function get(call: Call): Answer {
  const wanted = call.parts['name'] ?? '*';
  const flat = call.parameters.flag('flat_settings');
  const found = [...call.cluster.indexTemplates].filter(([name]) => matchesPattern(wanted, name));
  if (found.length === 0 && !isPattern(wanted)) {
    throw resourceNotFound(`index template matching [${wanted}] not found`);
  }
  const list = found.map(([name, template]) => ({
    name,
    index_template: showTemplate(template, flat),
  }));
  const status = found.length === 0 && call.parts['name'] !== undefined ? 404 : 200;
  return { ...ok({ index_templates: list }), status };
}

function remove(call: Call): Answer {
  const { indexTemplates, streams } = call.cluster;
  const wanted = namesOf(call, 'name');
  const names = [...indexTemplates.keys()].filter((name) =>
    wanted.some((one) => matchesPattern(one, name)),
  );
  const complete = wanted.every((one) => names.some((name) => matchesPattern(one, name)));
  if (!complete) {
    const list = wanted.join(',');
    throw new ApiError(404, {
      type: 'index_template_missing_exception',
      reason: `index_template [${list}] missing`,
    });
  }
  const used = [...streams.keys()].filter((stream) =>
    names.includes(templateFor(call.cluster, stream)?.name ?? ''),
  );
  if (used.length > 0) {
    throw illegalArgument(
      `unable to remove composable templates [${names.join(', ')}] as they are in use by a data streams [${used.join(', ')}]`,
    );
  }
  for (const name of names) indexTemplates.delete(name);
  return ACKNOWLEDGED;
}

/** What an index of that name would get; with a body, from the template in it as if it had been put. */
function simulateIndex(call: Call): Answer {
  const { index = '' } = call.parts;
  const { cluster } = call;
  const matching = matchingTemplates(cluster, index);
  let [chosen, ...others]: (NamedTemplate | undefined)[] = matching;
  if (!call.body.isEmpty) {
    const template = parseTemplate(call);
    checkComponents(cluster, 'simulate_index_template', template);
    if (patternsOf(template).some((pattern) => matchesPattern(pattern, index))) {
      [chosen, ...others] = [{ name: 'simulate_index_template', template }, ...matching];
    }
  }
  if (chosen === undefined) return ok({});
  const { settings, mapping, aliases, lifecycle } = compose(cluster, chosen.template);
  const body: JsonObject = {
    template: {
      settings: showSettings(settings, false),
      ...(Object.keys(mapping).length > 0 ? { mappings: mapping } : {}),
      aliases,
      ...(lifecycle === null ? {} : { lifecycle: showLifecycle(lifecycle) }),
    },
    overlapping: others
      .filter((other) => other !== undefined)
      .map((other) => ({ name: other.name, index_patterns: patternsOf(other.template) })),
  };
  return ok(body);
}
