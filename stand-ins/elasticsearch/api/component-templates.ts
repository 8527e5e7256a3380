import { ApiError, illegalArgument, refuseUnknownFields, resourceNotFound } from '../errors.ts';
import { type Answer } from '../http/router.ts';
import { isObject, type JsonObject } from '../json/exact.ts';
import { asObject, parseMapping } from '../state/mapping.ts';
import { parseSettings, showSettings } from '../state/settings.ts';
import { type Template } from '../state/cluster.ts';
import { showLifecycle } from '../state/data-lifecycle.ts';
import { componentsOf, toAliases } from '../state/templates.ts';
import { parseTimeMs } from '../text/time.ts';
import { isPattern, matchesPattern } from '../text/wildcard.ts';
import { ACKNOWLEDGED, type Call, namesOf, ok, type Route } from './call.ts';

/** `_component_template`: parts that index templates are composed of. */
export const componentTemplateRoutes: readonly Route[] = [
  {
    api: 'component_template',
    methods: ['PUT', 'POST'],
    paths: ['/_component_template/{name}'],
    parameters: ['cause', 'create', 'master_timeout', 'timeout'],
    handle: put,
  },
  {
    api: 'component_template',
    methods: ['GET'],
    paths: ['/_component_template', '/_component_template/{name}'],
    parameters: ['flat_settings', 'include_defaults', 'local', 'master_timeout'],
    handle: get,
  },
  {
    api: 'component_template',
    methods: ['HEAD'],
    paths: ['/_component_template/{name}'],
    parameters: ['flat_settings', 'include_defaults', 'local', 'master_timeout'],
    handle: get,
  },
  {
    api: 'component_template',
    methods: ['DELETE'],
    paths: ['/_component_template/{name}'],
    parameters: ['master_timeout', 'timeout'],
    handle: remove,
  },
];

const FIELDS = ['_meta', 'deprecated', 'template', 'version'];
const TEMPLATE_FIELDS = ['aliases', 'data_stream_options', 'lifecycle', 'mappings', 'settings'];

function put(call: Call): Answer {
  const { name = '' } = call.parts;
  const { componentTemplates } = call.cluster;
  const body = call.body.object();
  refuseUnknownFields('component_template', body, FIELDS);
  if (body['template'] === undefined) throw illegalArgument('Required [template]');
  checkTemplatePart(body);
  parseMapping(asObject(body['template'])['mappings']);
  checkName(name);
  if (call.parameters.flag('create') && componentTemplates.has(name)) {
    throw illegalArgument(`component template [${name}] already exists`);
  }
  componentTemplates.set(name, body);
  return ACKNOWLEDGED;
}

function get(call: Call): Answer {
  const names = namesOf(call, 'name');
  const flat = call.parameters.flag('flat_settings');
  const found = [...call.cluster.componentTemplates].filter(([name]) =>
    names.some((wanted) => matchesPattern(wanted, name)),
  );
  if (found.length === 0) {
    const exact = names.find((name) => !isPattern(name));
    if (exact !== undefined)
      throw resourceNotFound(`component template matching [${exact}] not found`);
  }
  const list = found.map(([name, template]) => ({
    name,
    component_template: showTemplate(template, flat),
  }));
  const status = found.length === 0 && call.parts['name'] !== undefined ? 404 : 200;
  return { ...ok({ component_templates: list }), status };
}

function remove(call: Call): Answer {
  const { componentTemplates, indexTemplates } = call.cluster;
  const wanted = namesOf(call, 'name');
  const missing = wanted.filter(
    (name) => ![...componentTemplates.keys()].some((one) => matchesPattern(name, one)),
  );
  if (missing.length > 0) throw resourceNotFound(missing.join(','));
  const names = [...componentTemplates.keys()].filter((name) =>
    wanted.some((one) => matchesPattern(one, name)),
  );
  const used = [...indexTemplates].filter(([, template]) => {
    const required = componentsOf(template).filter((name) => !isOptional(template, name));
    return required.some((name) => names.includes(name));
  });
  if (used.length > 0) {
    const inUse = names.filter((name) =>
      used.some(([, template]) => componentsOf(template).includes(name)),
    );
    throw illegalArgument(
      `component templates [${inUse.join(', ')}] cannot be removed as they are still in use by index templates [${used.map(([name]) => name).join(', ')}]`,
    );
  }
  for (const name of names) componentTemplates.delete(name);
  return ACKNOWLEDGED;
}

function isOptional(template: Template, component: string): boolean {
  const optional = template['ignore_missing_component_templates'];
  return Array.isArray(optional) && optional.includes(component);
}

/** Refuses a wrong `template` part of a component or index template. */
export function checkTemplatePart(body: JsonObject): void {
  const part = body['template'];
  if (!isObject(part)) return;
  refuseUnknownFields('template', part, TEMPLATE_FIELDS);
  const { lifecycle } = part;
  if (isObject(lifecycle)) {
    const known = ['data_retention', 'downsampling', 'enabled'];
    refuseUnknownFields('lifecycle_template', lifecycle, known);
    const retention = lifecycle['data_retention'];
    if (typeof retention === 'string') parseTimeMs('data_retention', retention);
  }
  parseSettings(part['settings']);
}

/** A template as the server shows it: settings as nested text, parts in a fixed order. */
export function showTemplate(template: Template, flat: boolean): JsonObject {
  const part = template['template'];
  if (!isObject(part)) return template;
  const { settings, mappings, aliases, lifecycle, ...rest } = part;
  return {
    ...template,
    template: {
      ...(settings === undefined ? {} : { settings: showSettings(parseSettings(settings), flat) }),
      ...(mappings === undefined ? {} : { mappings: asObject(mappings) }),
      ...(aliases === undefined ? {} : { aliases: toAliases(aliases) }),
      ...rest,
      ...(isObject(lifecycle) ? { lifecycle: showLifecycle(lifecycle) } : {}),
    },
  };
}

/** @throws {ApiError} 400 for a name that no template can have */
export function checkName(name: string): void {
  const faults: string[] = [];
  if (name.includes(' ')) faults.push('name must not contain a space');
  if (name.includes(',')) faults.push("name must not contain a ','");
  if (name.includes('#')) faults.push("name must not contain a '#'");
  if (name.includes('*')) faults.push("name must not contain a '*'");
  if (name.startsWith('_')) faults.push("name must not start with '_'");
  if (name !== name.toLowerCase()) faults.push('name must be lower cased');
  if (faults.length === 0) return;
  const list = faults.map((fault, index) => `${index + 1}: ${fault};`).join('');
  throw invalidTemplate(name, `Validation Failed: ${list}`);
}

export function invalidTemplate(name: string, cause: string): ApiError {
  return new ApiError(400, {
    type: 'invalid_index_template_exception',
    reason: `index_template [${name}] invalid, cause [${cause}]`,
  });
}
