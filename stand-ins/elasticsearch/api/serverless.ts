import { ApiError, illegalArgument } from '../errors.ts';
import { type Asked } from '../http/asked.ts';
import { type Route } from '../http/router.ts';
import { type ApiName } from '../sim/api-names.ts';
import { asObject } from '../state/mapping.ts';
import { parseSettings } from '../state/settings.ts';

/** APIs that Serverless does not have. */
const REFUSED_APIS: ReadonlySet<ApiName> = new Set(['ilm', 'stats']);

/** Requests whose bodies have settings. */
const WITH_SETTINGS: ReadonlySet<ApiName> = new Set([
  'component_template',
  'index',
  'index_template',
  'settings',
]);

/** Settings about nodes and policies. */
const REFUSED_SETTINGS =
  /^index\.(?:auto_expand_replicas|codec|lifecycle\..*|number_of_(?:replicas|shards)|priority|routing\..*)$/;

/**
 * Serverless knows the whole API but lets nobody use the parts that are about nodes.
 * @throws {ApiError} 410 for such a request, 400 for such a setting
 */
export function refuseOnServerless(
  { api }: Pick<Route, 'api'>,
  { method, path, body }: Asked,
): void {
  if (REFUSED_APIS.has(api)) {
    throw new ApiError(410, {
      type: 'api_not_available_exception',
      reason: `Request for uri [${path}] with method [${method}] exists but is not available when running in serverless mode`,
    });
  }
  if (!WITH_SETTINGS.has(api) || method === 'GET' || body.isEmpty) return;
  const given = body.object();
  const part = api.endsWith('template') ? asObject(given['template']) : given;
  const settings = parseSettings(part['settings'] ?? (api === 'settings' ? given : {}));
  const refused = Object.keys(settings).filter((name) => REFUSED_SETTINGS.test(name));
  if (refused.length === 0) return;
  throw illegalArgument(
    `Settings [${refused.toSorted().join(',')}] are not available when running in serverless mode`,
  );
}
