import type { TemporalPlace } from '../contracts/temporal-command.ts';
import type { FeedSchedule } from '../contracts/feed.ts';
import type { ComparedSettings } from '../contracts/settings-code.ts';
import { attention, type Finding } from './finding.ts';
import { judgeAssets } from './judge-assets.ts';
import { judgeElasticsearch } from './judge-elasticsearch.ts';
import { judgeFeed } from './judge-feed.ts';
import { judgeTemporal } from './judge-temporal.ts';
import type { Look } from './look.ts';
import { toFeedLook } from './to-feed-look.ts';

type Subject = {
  namespace: string;
  feeds: readonly { name: string; schedule: FeedSchedule }[];
  safetyLagMs: number;
  settings: ComparedSettings;
  temporal: TemporalPlace;
};

/** All findings; those that need a person come first. `tcsync status` and the metrics of a worker show the same ones. */
export function judge(look: Look, subject: Subject): Finding[] {
  const { namespace, feeds, safetyLagMs, settings, temporal: place } = subject;
  const { atMs, elasticsearch, temporal } = look;
  const findings = [
    ...('value' in elasticsearch
      ? judgeElasticsearch(elasticsearch.value, namespace, atMs)
      : [
          attention('elasticsearch', {
            what: `Elasticsearch cannot be checked: ${elasticsearch.trouble}`,
            remedy:
              'Run `npx tcsync check`: it says why; the rest of this report comes from Temporal alone',
          }),
        ]),
    ...('value' in temporal
      ? [
          ...judgeTemporal(temporal.value, settings, place),
          ...judgeAssets(temporal.value.assets, { namespace, nowMs: atMs, place }),
        ]
      : [
          attention('temporal', {
            what: `Temporal cannot be checked: ${temporal.trouble}`,
            remedy:
              'Run `npx tcsync check`: it says why; the state of runs and workers is not known',
          }),
        ]),
    ...feeds.flatMap(({ name, schedule }) =>
      judgeFeed(toFeedLook(look, name), { namespace, schedule, safetyLagMs, nowMs: atMs, place }),
    ),
  ];
  return [
    ...findings.filter(({ severity }) => severity === 'attention'),
    ...findings.filter(({ severity }) => severity === 'note'),
  ];
}
