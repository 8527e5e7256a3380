/** Settings of an existing index that cannot change. */
const STATIC: ReadonlySet<string> = new Set(
  toNames(
    'codec creation_date mapping.ignore_malformed mode number_of_shards provided_name uuid version.created',
  ),
);

const DYNAMIC: ReadonlySet<string> = new Set(
  toNames(`
auto_expand_replicas blocks.read_only blocks.read_only_allow_delete blocks.write default_pipeline final_pipeline hidden
lifecycle.indexing_complete lifecycle.name lifecycle.prefer_ilm mapping.total_fields.ignore_dynamic_beyond_limit
mapping.total_fields.limit number_of_replicas priority refresh_interval routing.allocation.include._tier_preference`),
);

function toNames(list: string): string[] {
  return list
    .trim()
    .split(/\s+/)
    .map((name) => `index.${name}`);
}

export function isKnownSetting(name: string): boolean {
  return STATIC.has(name) || DYNAMIC.has(name);
}

export function isStaticSetting(name: string): boolean {
  return STATIC.has(name);
}
