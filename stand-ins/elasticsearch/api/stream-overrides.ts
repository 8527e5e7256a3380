import { type Answer } from '../http/router.ts';
import { isObject } from '../json/exact.ts';
import { mergeTemplates, parseMapping } from '../state/mapping.ts';
import { isStaticSetting } from '../state/setting-names.ts';
import { parseSettings, type Settings, showSettings } from '../state/settings.ts';
import { findStreams } from './data-streams.ts';
import { type Call, ok, type Route } from './call.ts';

/** `_data_stream/<name>/_settings` (8.19) and `_mappings` (9.2): what comes before the template, for one stream. */
export const streamOverrideRoutes: readonly Route[] = [
  {
    api: 'data_stream',
    methods: ['PUT'],
    paths: ['/_data_stream/{name}/_settings'],
    parameters: [],
    handle: putSettings,
  },
  {
    api: 'data_stream',
    methods: ['PUT'],
    paths: ['/_data_stream/{name}/_mappings'],
    parameters: [],
    handle: putMapping,
  },
];

/** Dynamic settings also change the existing indices; the others wait for the next rollover. */
function putSettings(call: Call): Answer {
  const given = parseSettings(call.body.object());
  const streams = findStreams(call);
  for (const { indices, overrides } of streams) {
    overrides.settings = withoutNull({ ...overrides.settings, ...given });
    const dynamic = Object.entries(given).filter(([name]) => !isStaticSetting(name));
    for (const index of indices)
      index.settings = withoutNull({ ...index.settings, ...Object.fromEntries(dynamic) });
  }
  return ok({
    data_streams: streams.map(({ name, overrides }) => ({
      name,
      applied_to_data_stream: true,
      settings: showSettings(overrides.settings, false),
    })),
  });
}

function putMapping(call: Call): Answer {
  const body = call.body.object();
  const given = parseMapping(isObject(body['_doc']) ? body['_doc'] : body);
  const streams = findStreams(call);
  for (const { overrides } of streams) overrides.mapping = mergeTemplates(overrides.mapping, given);
  return ok({
    data_streams: streams.map(({ name, overrides }) => ({
      name,
      applied_to_data_stream: true,
      mappings: overrides.mapping,
    })),
  });
}

function withoutNull(settings: Settings): Settings {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== null));
}
