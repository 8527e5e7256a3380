import type { LatestStanding } from '../activities/elasticsearch/latest-standing.ts';
import { dataStream, stateIndex } from '../contracts/names.ts';
import { attention, note, type Finding } from './finding.ts';
import type { ElasticsearchLook } from './look-at-elasticsearch.ts';
import type { Tried } from './tried.ts';
import { number, plural } from './words.ts';

/** Longest time that a document may take from the data stream into the latest index; three minutes are usual. */
const BEHIND_MAX_MS = 30 * 60_000;

/** What a person may wait for instead. */
const HOURLY = ', as the hourly reconciliation does';

const APPLY = 'Run `npx tcsync apply`: it creates it';

/** Findings that concern all feeds. */
export function judgeElasticsearch(
  look: ElasticsearchLook,
  namespace: string,
  nowMs: number,
): Finding[] {
  const { feeds, stream, blocks, latest, openRejects } = look;
  const unseen = [
    ...notLookedAt('the data stream', stream),
    ...notLookedAt('the transform', latest),
    ...notLookedAt('the rejects', openRejects),
  ];
  const isNew =
    feeds === null &&
    'value' in stream &&
    stream.value.length === 0 &&
    'value' in latest &&
    latest.value.state === 'missing';
  if (isNew) {
    const what = 'nothing is applied to Elasticsearch yet';
    return [...unseen, attention('assets', { what, remedy: 'Run `npx tcsync apply`' })];
  }
  return [
    ...(feeds === null ? [missing(`index ${stateIndex(namespace)}`)] : []),
    ...('value' in stream && stream.value.length === 0
      ? [missing(`data stream ${dataStream(namespace)}`)]
      : []),
    ...('value' in blocks ? blocks.value : []).map(({ index, setting }) =>
      attention('write-block', {
        what: `${index} accepts no writes: ${setting} is set`,
        remedy:
          setting === 'index.blocks.read_only_allow_delete'
            ? 'Free disk space: Elasticsearch then removes the block'
            : `To allow writes again: PUT ${index}/_settings {"${setting}": null}`,
      }),
    ),
    ...('value' in latest ? judgeLatest(latest.value, nowMs) : []),
    ...unseen,
  ];
}

function missing(what: string): Finding {
  return attention('assets', {
    what: `${what} does not exist`,
    remedy: `${APPLY}; the next run reads everything again`,
  });
}

function notLookedAt(what: string, look: Tried<unknown>): Finding[] {
  if ('value' in look) return [];
  const remedy = 'Run `npx tcsync check`: it names the privilege or the fault';
  return [attention('elasticsearch', { what: `${what} cannot be read: ${look.trouble}`, remedy })];
}

function judgeLatest(latest: LatestStanding, nowMs: number): Finding[] {
  const { transform, state, paused, health, issues, behindDocuments, behindSince } = latest;
  const behind =
    behindDocuments === 0 ? '' : `; ${plural(behindDocuments, 'document')} not in the latest index`;
  const told = { since: behindSince, what: `transform ${transform} is ${state}${behind}` };
  const stats = `GET _transform/${transform}/_stats says why`;
  if (state === 'missing') {
    const what = `transform ${transform} does not exist${behind}`;
    return [attention('latest', { ...told, what, remedy: `${APPLY}${HOURLY}` })];
  }
  if (paused !== null) {
    const why = paused === '' ? '' : `: ${paused}`;
    const what = `transform ${transform} is ${state}, and an operator keeps it so${why}${behind}`;
    const remedy = `To end that: POST _transform/${transform}/_update {"_meta": {"paused": false}}, then \`npx tcsync apply\``;
    return [note('latest', { ...told, what, remedy })];
  }
  if (state === 'stopped') {
    const remedy = `Run \`npx tcsync apply\`: it starts it${HOURLY}`;
    return [attention('latest', { ...told, remedy })];
  }
  if (state === 'failed') {
    const what = `transform ${transform} has failed${behind}`;
    const remedy = `Run \`npx tcsync apply\`: it starts it again, and says the cause${HOURLY}`;
    return [attention('latest', { ...told, what, remedy })];
  }
  if (state !== 'started' && state !== 'indexing') {
    const remedy = `${stats}: is there a node with the role transform, and may the latest index be written to?`;
    return [attention('latest', { ...told, remedy })];
  }
  if (issues.length > 0) {
    const what = `transform ${transform} has problems: ${issues.join('; ')}${behind}`;
    const severity = health === 'yellow' ? note : attention; // yellow: it may pass by itself
    return [severity('latest', { ...told, what, remedy: stats })];
  }
  const isLate = behindSince !== null && nowMs - Date.parse(behindSince) > BEHIND_MAX_MS;
  if (!isLate) return [];
  const what = `the latest index is behind: ${number(behindDocuments)} documents wait for transform ${transform}`;
  const remedy = `Run \`npx tcsync apply\`: it lets it run at once${HOURLY}; if that does not help, ${stats}`;
  return [attention('latest', { ...told, what, remedy })];
}
