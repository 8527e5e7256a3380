import { isObject, type JsonObject } from '../json/exact.ts';
import { type Cluster, type Template } from './cluster.ts';
import { asObject } from './mapping.ts';
import { textSetting } from './settings.ts';
import { compose, componentsOf, templateFor } from './templates.ts';

/** A data stream lifecycle as the server shows it: `{"enabled":true,"data_retention":"5d"}`. */
export function showLifecycle(given: JsonObject): JsonObject {
  const { enabled = true, data_retention: retention, ...rest } = given;
  return { enabled, ...(retention === undefined ? {} : { data_retention: retention }), ...rest };
}

/** What a template's own part or the last of its components says, or null. */
export function composeLifecycle(cluster: Cluster, template: Template): JsonObject | null {
  const parts = componentsOf(template).map((name) => cluster.componentTemplates.get(name));
  const given = [...parts, template]
    .map((part) => asObject(part?.['template'])['lifecycle'])
    .filter(isObject);
  const merged: JsonObject = Object.assign({}, ...given);
  return given.length === 0 ? null : showLifecycle(merged);
}

/** The lifecycle of a data stream with what comes of it, or null. */
export function effectiveLifecycle(cluster: Cluster, stream: string): JsonObject | null {
  const template = templateFor(cluster, stream);
  const lifecycle = template === null ? null : composeLifecycle(cluster, template.template);
  if (lifecycle === null) return null;
  const retention = lifecycle['data_retention'];
  return retention === undefined
    ? lifecycle
    : {
        ...lifecycle,
        effective_retention: retention,
        retention_determined_by: 'data_stream_configuration',
      };
}

/** Who looks after a new index of a data stream: a policy comes first, unless `prefer_ilm` says otherwise. */
export function managerOf(cluster: Cluster, stream: string): string {
  const template = templateFor(cluster, stream);
  const settings = template === null ? {} : compose(cluster, template.template).settings;
  return managedBy(
    textSetting(settings, 'index.lifecycle.name') !== null,
    textSetting(settings, 'index.lifecycle.prefer_ilm') !== 'false',
    effectiveLifecycle(cluster, stream)?.['enabled'] === true,
  );
}

export function managedBy(policy: boolean, prefersPolicy: boolean, lifecycle: boolean): string {
  if (policy && (prefersPolicy || !lifecycle)) return 'Index Lifecycle Management';
  return lifecycle ? 'Data stream lifecycle' : 'Unmanaged';
}
