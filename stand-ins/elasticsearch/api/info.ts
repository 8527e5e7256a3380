import { type estypes } from '@elastic/elasticsearch';

import { ok, type Route } from './call.ts';

/** `GET /`: name, version and flavour. */
export const infoRoutes: readonly Route[] = [
  {
    api: 'info',
    methods: ['GET', 'HEAD'],
    paths: ['/'],
    parameters: [],
    handle: ({ cluster: { flavour, name, uuid, version } }) =>
      ok({
        name,
        cluster_name: name,
        cluster_uuid: uuid,
        version: {
          number: version,
          build_flavor: flavour === 'serverless' ? 'serverless' : 'default',
          build_type: 'docker',
          build_hash: '0'.repeat(40),
          build_date: '2025-07-23T22:10:47.574903747Z',
          build_snapshot: false,
          lucene_version: '9.12.2',
          minimum_wire_compatibility_version: '7.17.0',
          minimum_index_compatibility_version: '7.0.0',
        },
        tagline: 'You Know, for Search',
      } satisfies estypes.InfoResponse),
  },
];
