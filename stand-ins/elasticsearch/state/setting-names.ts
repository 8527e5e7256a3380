/** Index settings of a server of the 8.19 line: static ones are final once the index is there. */
const STATIC = `
codec mode number_of_shards number_of_routing_shards routing_partition_size shard.check_on_startup
soft_deletes.enabled sort.field sort.order sort.mode sort.missing store.type store.preload
load_fixed_bitset_filters_eagerly mapping.source.mode mapping.coerce mapping.ignore_malformed
mapping.synthetic_source_keep mapping.ignore_above logsdb.route_on_sort_fields recovery.use_synthetic_source
time_series.start_time time_series.end_time routing_path queries.cache.enabled provided_name uuid creation_date
version.created version.compatibility format
`;

const DYNAMIC = `
number_of_replicas auto_expand_replicas hidden refresh_interval max_result_window max_inner_result_window
max_rescore_window max_docvalue_fields_search max_script_fields max_ngram_diff max_shingle_diff
max_refresh_listeners analyze.max_token_count highlight.max_analyzed_offset max_terms_count max_regex_length
max_slices_per_scroll max_slices_per_pit query.default_field query_string.lenient gc_deletes default_pipeline
final_pipeline search.idle.after search.throttled priority requests.cache.enable write.wait_for_active_shards
verified_before_close flush_after_merge blocks.read_only blocks.read blocks.write blocks.metadata
blocks.read_only_allow_delete lifecycle.name lifecycle.rollover_alias lifecycle.indexing_complete
lifecycle.origination_date lifecycle.parse_origination_date lifecycle.prefer_ilm lifecycle.step.wait_time_threshold
mapping.total_fields.limit mapping.total_fields.ignore_dynamic_beyond_limit mapping.depth.limit
mapping.nested_fields.limit mapping.nested_objects.limit mapping.field_name_length.limit
mapping.dimension_fields.limit translog.sync_interval translog.durability translog.flush_threshold_size
translog.flush_threshold_age translog.generation_threshold_size translog.retention.size translog.retention.age
merge.policy.deletes_pct_allowed merge.policy.expunge_deletes_allowed merge.policy.floor_segment
merge.policy.max_merge_at_once merge.policy.max_merged_segment merge.policy.segments_per_tier
merge.policy.merge_factor merge.scheduler.max_thread_count merge.scheduler.max_merge_count
merge.scheduler.auto_throttle unassigned.node_left.delayed_timeout routing.allocation.enable
routing.rebalance.enable routing.allocation.total_shards_per_node allocation.max_retries
soft_deletes.retention_lease.period soft_deletes.retention.operations warmer.enabled
look_back_time look_ahead_time
`;

/** Groups that take any name below them. */
const GROUPS = [
  'analysis.',
  'similarity.',
  'routing.allocation.include.',
  'routing.allocation.exclude.',
  'routing.allocation.require.',
  'routing.allocation.initial_recovery.',
  'search.slowlog.',
  'indexing.slowlog.',
  'sort.',
];

const toNames = (list: string): string[] =>
  list
    .trim()
    .split(/\s+/)
    .map((name) => `index.${name}`);

const STATIC_NAMES: ReadonlySet<string> = new Set(toNames(STATIC));

export const SETTING_NAMES: ReadonlySet<string> = new Set([...STATIC_NAMES, ...toNames(DYNAMIC)]);

export function isKnownSetting(name: string): boolean {
  return SETTING_NAMES.has(name) || GROUPS.some((group) => name.startsWith(`index.${group}`));
}

export function isStaticSetting(name: string): boolean {
  return (
    STATIC_NAMES.has(name) || name.startsWith('index.analysis.') || name.startsWith('index.sort.')
  );
}
