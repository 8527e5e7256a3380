import type { FailingProxy } from '../stand-ins/failing-proxy.ts';
import type { RunNumbers } from './runs.ts';
import { number } from './say.ts';

/** The numbers of everything that went wrong, and of what was copied all the same. */
export type WhatHappened = RunNumbers & {
  changes: number;
  changesBetweenPages: number;
  kills: number;
  failed: { source: FailingProxy['failed']; sink: FailingProxy['failed'] };
};

export function toLines({
  changes,
  changesBetweenPages,
  kills,
  failed,
  attemptsRetried,
  workerLost,
  counts,
  runs,
}: WhatHappened): string[] {
  return [
    `changes made      ${number(changes)}, ${number(changesBetweenPages)} of them between two pages of one run`,
    `workers killed    ${number(kills)}`,
    `requests failed   ThreatConnect ${byKind(failed.source)}`,
    `                  Elasticsearch ${byKind(failed.sink)}`,
    `attempts retried  ${number(attemptsRetried)}, at least ${number(workerLost)} of them because the worker was gone`,
    `pages             ${number(counts.pages)} in ${number(runs)} runs`,
    `records           ${number(counts.read)} read: ${number(counts.created)} written, ${number(counts.duplicate)} there already, ${number(counts.rejected)} rejected`,
  ];
}

function byKind(failed: FailingProxy['failed']): string {
  const kinds = Object.entries(failed).filter(([, count]) => count > 0);
  const all = kinds.reduce((sum, [, count]) => sum + count, 0);
  const each = kinds.map(([kind, count]) => `${WORDS[kind] ?? kind} ${number(count)}`);
  return `${number(all)}: ${each.join(', ') || 'none'}`;
}

const WORDS: Readonly<Record<string, string>> = {
  reset: 'connection broken',
  cut: 'answer cut off',
  hang: 'no answer',
};
