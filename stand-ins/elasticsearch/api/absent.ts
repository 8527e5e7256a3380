import { notInStandIn } from '../errors.ts';
import { type Route } from './call.ts';

/** APIs of the real server that this stand-in lacks: whoever asks for one is told so, instead of "no handler found". */
const PATHS = `
/_analyze /{index}/_analyze /_async_search /{index}/_async_search /_async_search/{id}
/_cache/clear /{index}/_cache/clear /_cat /_cat/{what} /_cat/{what}/{name} /{index}/_close /{index}/_open
/{index}/_clone/{target} /{index}/_shrink/{target} /{index}/_split/{target}
/_cluster/allocation/explain /_cluster/pending_tasks /_cluster/reroute /_cluster/settings /_cluster/state
/_cluster/state/{metric} /_cluster/state/{metric}/{index} /_cluster/stats
/_data_stream/_migrate/{name} /_data_stream/_modify /_data_stream/_stats
/_data_stream/{name}/_lifecycle/_explain /_data_stream/{name}/_mappings /_data_stream/{name}/_options
/_data_stream/{name}/_settings /_data_stream/{name}/_stats
/_enrich/policy /_enrich/policy/{name}
/{index}/_eql/search /_query /{index}/_explain/{id} /_features /_field_caps /{index}/_field_caps
/_flush /{index}/_flush /_forcemerge /{index}/_forcemerge /_health_report /_health_report/{indicator}
/_ilm/migrate_to_data_tiers /_index_template/_simulate /_index_template/_simulate/{name}
/_ingest/geoip/stats /_ingest/pipeline/_simulate /_ingest/processor/grok /{index}/_lifecycle/explain
/_mapping/field/{fields} /{index}/_mapping/field/{fields} /_migration/deprecations /{index}/_migration/deprecations
/_ml/info /_msearch /{index}/_msearch /_msearch/template /_mtermvectors /_nodes /_nodes/{node} /_nodes/{node}/{metric}
/_nodes/hot_threads /_nodes/stats /_nodes/stats/{metric}  /_rank_eval /_recovery /{index}/_recovery
/_remote/info /_render/template /_resolve/index/{name} /_resolve/cluster/{name} /_scripts/{id} /_search/scroll
/_search/template /{index}/_search/template /{index}/_search_shards /_segments /{index}/_segments
/_security/api_key /_security/api_key/{id} /_security/_query/api_key
/_security/privilege /_security/privilege/_builtin /_security/role /_security/role/{name} /_security/role_mapping/{name}
/_security/user /_security/user/{name} /_security/user/_privileges
/_slm/policy /_slm/policy/{name} /_snapshot /_snapshot/{repository} /_snapshot/{repository}/{snapshot}
/_stats /_stats/{metric} /{index}/_stats /{index}/_stats/{metric} /_tasks /_tasks/{id}/_cancel
/_template /_template/{name} /{index}/_termvectors/{id} /{index}/_terms_enum
/_transform/_node_stats /_transform/_preview /_transform/{id}/_preview /_transform/_upgrade /_validate/query /{index}/_validate/query /_watcher/watch/{id} /_xpack /_xpack/usage
`;

export const absentRoutes: readonly Route[] = [
  {
    api: 'absent',
    methods: ['GET', 'POST', 'PUT', 'DELETE', 'HEAD'],
    paths: PATHS.trim().split(/\s+/),
    parameters: null,
    handle: ({ method, path }) => {
      throw notInStandIn(`${method} ${path}`);
    },
  },
];
