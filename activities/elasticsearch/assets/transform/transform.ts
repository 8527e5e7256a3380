import type { Client } from '@elastic/elasticsearch';
import { LATEST_ALIAS } from '../../../../contracts/names.ts';
import { blocked, due, type Asset, type Inspection, type Repair } from '../asset.ts';
import type { PlanContext } from '../asset-context.ts';
import { changesText } from '../compare/differences.ts';
import { indicesBehindAlias } from '../latest/generation.ts';
import { notOurs } from '../ownership.ts';
import { configDifferences, mayHaveLost, needsReplacement } from './compare-config.ts';
import { inspectTask, isKeptStopped, type Cure, type Examined } from './inspect-task.ts';
import { inspectKey } from './installer-key.ts';
import { latestTransform, type TransformBody } from './latest-transform.ts';
import { leavingOut, leftOutBy, leftOutText, type LeftOut } from './left-out.ts';
import { TransformRequests } from './requests.ts';

/**
 * The transform that fills the latest index:
 *
 *     missing → created · of somebody else → foreign · another key → blocked, a replacement is needed
 *     other configuration → updated · does not work → `inspect-task.ts` · another key → `installer-key.ts`
 */
export function transform(context: PlanContext): Asset {
  const body = latestTransform(context);
  const id = context.latest.transform;
  const tried = new Set<Cure>();
  return {
    name: `transform ${id}`,
    body,
    inspect: async (sink, signal) => {
      const requests = new TransformRequests(sink, id, signal);
      const found = await requests.config();
      const inspection =
        found === null
          ? missing(requests, body, tried)
          : await inspectExisting({ sink, signal, requests, context, body, found, tried });
      return inspection.due.length === 0 || context.readers === 'others'
        ? inspection
        : ((await aliasIsElsewhere(sink, body.dest.index, signal)) ?? inspection);
    },
  };
}

function missing(requests: TransformRequests, body: TransformBody, tried: Set<Cure>): Inspection {
  return due({
    becomes: 'created',
    changes: [],
    act: async () => {
      tried.add('start'); // it is not late before its first run
      await requests.create(body);
    },
  });
}

async function inspectExisting(of: Omit<Examined, 'leftOut' | 'stats'>): Promise<Inspection> {
  const { sink, signal, requests, found } = of;
  const left = notOurs(found);
  if (left !== null) return left;
  const replacement = needsReplacement(found, of.body);
  if (replacement !== null) return blocked(replacement);
  const leftOut = await leftOutBy(sink, found, signal);
  const body = leavingOut(of.body, leftOut);
  const stats = await requests.stats();
  // deleted between the two requests
  if (stats === null) return missing(requests, of.body, of.tried);
  const all = configDifferences(found, body);
  const changes = changesText(all);
  const losing = mayHaveLost(all);
  // it would be started
  const isKept = losing && isKeptStopped(found, stats);
  if (losing && !isKept) {
    const again = 'it reads the data stream again, as it may have lost documents';
    return due({
      becomes: 'updated',
      changes: [...changes, again],
      act: async () => {
        of.tried.add('recreate');
        await requests.recreate(body);
      },
    });
  }
  const updates: Repair[] =
    changes.length === 0 || isKept
      ? []
      : [{ becomes: 'updated', changes, act: () => requests.update(found, body) }];
  const task = await inspectTask({ ...of, body, leftOut, stats });
  const repairs = [...updates, ...task.due];
  if (repairs.length === 0 && task.rest === 'ok') {
    const key = await inspectKey(sink, found, signal);
    if (key.due.length > 0 || key.rest !== 'ok') return key;
  }
  return withLeftOut({ ...task, due: repairs }, leftOut);
}

/** Documents that are left out are named by every reconciliation, as they are missing from the latest index. */
function withLeftOut(task: Inspection, leftOut: LeftOut): Inspection {
  const text = leftOutText(leftOut);
  if (text === '' || task.rest !== 'ok') return task;
  const told =
    `${text}: the latest index refuses this, so it is left out until ThreatConnect changes it; correct the mapping of ` +
    'the index, delete the transform and apply again, if it has to be there before';
  const detail = task.detail === null ? told : `${told}; ${task.detail}`;
  return { ...task, rest: 'drift-ignored', detail };
}

/**
 * The transform moves the alias to its own index when it starts or creates that index. So nothing is done while the
 * alias points to another index, which this program has not chosen.
 */
async function aliasIsElsewhere(
  sink: Client,
  index: string,
  signal: AbortSignal,
): Promise<Inspection | null> {
  const others = (await indicesBehindAlias(sink, signal)).filter((name) => name !== index);
  if (others.length === 0) return null;
  return blocked(
    `the alias ${LATEST_ALIAS} points to ${others.join(', ')}, which readers use and this program did not choose; the ` +
      `transform would move it to ${index}: remove the alias from that index, then apply again; nothing was changed`,
  );
}
