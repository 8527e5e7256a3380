/** The families of APIs that counters are kept for and faults can be aimed at. */
export const API_NAMES = [
  'absent',
  'alias',
  'bulk',
  'by_query',
  'component_template',
  'count',
  'data_stream',
  'doc',
  'health',
  'ilm',
  'index',
  'index_template',
  'info',
  'license',
  'mapping',
  'mget',
  'pipeline',
  'pit',
  'refresh',
  'rollover',
  'search',
  'settings',
  'task',
  'transform',
] as const;

export type ApiName = (typeof API_NAMES)[number];
