import type { Finding } from '../../watch/finding.ts';
import { age, plural } from '../../watch/words.ts';
import { assetsText } from './assets-status.ts';
import { feedText } from './feed-text.ts';
import type { Status } from './make-status.ts';

/** The first line says whether a person is needed. The findings follow, then the status of each feed. */
export function statusText(status: Status): string {
  const { at, findings, feeds, assets } = status;
  const lines = [verdict(status), ...findings.flatMap((finding) => findingLines(finding, at))];
  const shown = [...feeds.map(feedText), `${assetsText(assets, Date.parse(at))}\n`];
  return `${lines.join('\n')}\n\n${shown.join('\n')}`;
}

function verdict({ well, findings, feeds }: Status): string {
  if (!well) {
    const count = findings.filter(({ severity }) => severity === 'attention').length;
    return `not well: ${plural(count, 'thing')} ${count === 1 ? 'needs' : 'need'} a person`;
  }
  const ages = feeds.map(({ freshnessSeconds }) => freshnessSeconds);
  const oldest = Math.max(...ages.map((seconds) => seconds ?? 0));
  return ages.includes(null)
    ? 'well: nothing needs a person'
    : `well: everything modified more than ${age(oldest * 1_000)} ago is in Elasticsearch`;
}

function findingLines({ severity, feed, since, what, remedy }: Finding, at: string): string[] {
  const mark = severity === 'attention' ? '!' : '-';
  const when =
    since === null ? '' : ` (since ${since}, ${age(Date.parse(at) - Date.parse(since))})`;
  return [
    `${mark} ${feed === null ? '' : `${feed}: `}${what}${when}`,
    ...(remedy === null ? [] : [`  ${remedy}`]),
  ];
}
