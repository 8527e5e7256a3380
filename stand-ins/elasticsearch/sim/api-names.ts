/** Groups of APIs, for counters and faults. */
export const API_NAMES = [
  'alias',
  'bulk',
  'by_query',
  'component_template',
  'count',
  'data_stream',
  'doc',
  'ilm',
  'index',
  'index_template',
  'info',
  'mapping',
  'mget',
  'pipeline',
  'pit',
  'refresh',
  'rollover',
  'search',
  'security',
  'settings',
  'stats',
  'task',
  'transform',
] as const;

export type ApiName = (typeof API_NAMES)[number];
