import { valueOf } from '../../watch/tried.ts';
import { number } from '../../watch/words.ts';
import type { FeedMarks } from './facts.ts';
import type { Life, LifeVersion, Why } from './make-why.ts';

/** The verdict of each indicator first, then what it rests on. */
export function whyText({ lives, found, searched, others, troubles, well }: Why): string {
  const lines: string[] = [];
  if (lives.length === 0) {
    lines.push(
      well
        ? 'not visible at the source: deleted, or its owner is not visible to the API user; no version and no reject is stored'
        : 'not known: no answer has it, and not all were given',
    );
  }
  if (lives.length > 1) {
    lines.push(`${number(found)} indicators have this value:`);
    for (const life of lives) lines.push(`  ${nameOf(life)}: ${life.verdict.what}`);
    lines.push('');
  }
  for (const life of lives) lines.push(...toLines(life), '');
  if (others.length > 0) {
    lines.push(`not shown; ask for one by its id: ${others.join(', ')}`);
  }
  lines.push(`searched: ${searched.map((text) => JSON.stringify(text)).join(', ')}`);
  for (const trouble of troubles) lines.push(`no answer from ${trouble}`);
  return `${lines.join('\n')}\n`;
}

function nameOf({ id, owner, type }: Life): string {
  return [id ?? '(no id)', owner, type].filter((part) => part !== null).join('  ');
}

function toLines(life: Life): string[] {
  const { verdict, summary, source, feeds, latest, versions, versionsStored, rejects } = life;
  const shown = number(versions.length);
  return [
    verdict.what,
    ...(verdict.remedy === null ? [] : [`  ${verdict.remedy}.`]),
    row('indicator', nameOf(life)),
    ...(summary === null ? [] : [row('value', summary)]),
    ...(source === null
      ? []
      : [
          row(
            'source',
            `${source.active ? 'active' : 'inactive'}, modified ${source.lastModified ?? '(no date)'}`,
          ),
        ]),
    ...feeds.map(({ name, selects, state }) => {
      const chosen = valueOf(selects);
      const marks = valueOf(state);
      const selected =
        chosen === null
          ? 'no answer'
          : chosen.selected
            ? 'selects it'
            : `does not select it${chosen.because === null ? '' : ` (${chosen.because})`}`;
      return row('feed', `${name} ${selected}${marks === null ? '' : `, ${toRead(marks)}`}`);
    }),
    row('latest', latest === null ? 'has no document of it' : datesOf(latest)),
    ...(versionsStored === null
      ? []
      : [
          row(
            'versions',
            versionsStored > versions.length
              ? `the newest ${shown} of ${number(versionsStored)}`
              : shown,
          ),
        ]),
    ...versions.flatMap((version) => versionLines(version)),
    ...rejects.map(({ id, state, feed, readAt }) =>
      row('reject', `${id} ${state}, feed ${feed}, read ${readAt}`),
    ),
  ];
}

function row(name: string, text: string): string {
  return `  ${name.padEnd(9)} ${text}`;
}

function datesOf(version: Omit<LifeVersion, 'workflowId' | 'inLatest'>): string {
  const { created, lastModified, timestamp, deletedAt, isTombstone } = version;
  return [
    ...(isTombstone ? ['ended'] : []),
    ...(created === null ? [] : [`read ${created}`]),
    `modified ${lastModified ?? '(no date)'}`,
    `@timestamp ${timestamp ?? '(no date)'}`,
    `ends ${deletedAt ?? '(no date)'}`,
  ].join(', ');
}

function versionLines(version: LifeVersion): string[] {
  const { index, feed, runId, workflowId, inLatest } = version;
  const run =
    runId === null ? '' : `, run ${runId}${workflowId === null ? '' : ` of ${workflowId}`}`;
  return [
    `    ${datesOf(version)}${inLatest ? ', in latest' : ''}`,
    `      ${index}${feed === null ? '' : `, feed ${feed}`}${run}`,
  ];
}

function toRead({ startsAt, watermark }: FeedMarks): string {
  const from = startsAt === null ? 'before' : `from ${startsAt} to`;
  return `everything modified ${from} ${watermark} is read`;
}
