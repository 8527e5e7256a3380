import type { Client } from '@elastic/elasticsearch';
import { isDeepStrictEqual } from 'node:util';
import { BadInputError, RunUnderWayError, SinkMisconfiguredError } from '../../contracts/errors.ts';
import { LATEST_ALIAS } from '../../contracts/names.ts';
import { SCHEDULE_SETTINGS } from '../../contracts/reconcile-assets-input.ts';
import type {
  Build,
  PrepareReplacementInput,
  Replacement,
} from '../../contracts/replace-latest-input.ts';
import { differingSettings } from '../../contracts/settings-code.ts';
import { attempt } from '../attempt/attempt.ts';
import { contextOf } from '../attempt/context-of.ts';
import type { Deps } from '../attempt/deps.ts';
import type { AssetContext } from '../elasticsearch/assets/asset-context.ts';
import { requireCreated } from '../elasticsearch/assets/kinds/existing.ts';
import {
  readTransform,
  standingOf,
  transformOf,
} from '../elasticsearch/assets/latest/build-transform.ts';
import {
  generation,
  generationsOf,
  indicesBehindAlias,
  ownTransforms,
} from '../elasticsearch/assets/latest/generation.ts';
import {
  buildingFor,
  builds,
  markedMeta,
  putMark,
  type Building,
  type Mark,
} from '../elasticsearch/assets/latest/mark.ts';
import { lookAtMode } from '../elasticsearch/assets/look-at-mode.ts';
import { atSink } from '../elasticsearch/sink-error.ts';

/**
 * Decides what is replaced by what, and creates the new index with a mark that tells every installer so. Safe to repeat:
 * the mark has everything that was decided.
 *
 * @throws {RunUnderWayError} if another replacement is under way
 * @throws {BadInputError} if the settings differ, or if there is nothing to go back to
 */
export function prepareReplacement(
  deps: Deps,
  { undo, settingsCode, by }: PrepareReplacementInput,
): Promise<Replacement> {
  const { installer: sink, compared } = deps;
  return attempt(async (signal) => {
    const differing = settingsCode === undefined ? [] : differingSettings(compared, settingsCode);
    requireNone(differing);
    const context = await contextOf(deps, signal);
    await requireOwn(sink, context, signal);
    const current = await requireCurrent(sink, signal);
    const begun = buildingFor(current, await builds(sink, signal));
    if (begun === null) {
      if (undo) await beginUndo(sink, current, by, signal);
      else await beginBuild(sink, context, current, by, signal);
    }
    const building = begun ?? buildingFor(current, await builds(sink, signal));
    if (building === null) {
      throw new SinkMisconfiguredError(
        `the mark of a replacement of ${current.index} is gone: does somebody else change the mapping of the latest index?`,
      );
    }
    return toReplacement(current, building, { undo, by });
  });
}

function requireNone(differing: readonly string[] | null): void {
  const others = differing?.filter((name) => !SCHEDULE_SETTINGS.includes(name)) ?? null;
  if (others?.length === 0) return;
  throw new BadInputError(
    others === null
      ? 'the worker has another version of tcsync than the command line: nothing was changed'
      : `the worker has other values than the command line for ${others.join(', ')}: nothing was changed`,
  );
}

async function requireOwn(sink: Client, context: AssetContext, signal: AbortSignal): Promise<void> {
  const { kind, report } = (await lookAtMode(sink, context, { overrule: true }, signal)).mode;
  if (kind === 'own' || kind === 'takeover') return;
  throw new SinkMisconfiguredError(`the latest index is not the program's: ${report?.detail}`);
}

/** @throws {SinkMisconfiguredError} unless readers see one index, which is the program's */
async function requireCurrent(sink: Client, signal: AbortSignal): Promise<Build> {
  const behind = await indicesBehindAlias(sink, signal);
  const [current] = generationsOf(behind);
  if (current !== undefined && behind.length === 1) return current;
  throw new SinkMisconfiguredError(
    `${LATEST_ALIAS} must stand for one index of the program, and stands for ${behind.join(', ') || 'none'}: \`tcsync apply\` creates it, or says what to do`,
  );
}

async function beginBuild(
  sink: Client,
  context: AssetContext,
  current: Build,
  by: string,
  signal: AbortSignal,
): Promise<void> {
  const existing = await builds(sink, signal);
  const transforms = await ownTransforms(sink, signal);
  const numbers = [current, ...existing, ...transforms].map(({ number }) => number);
  const to = generation(Math.max(...numbers) + 1);
  const old = await readTransform(sink, current, signal);
  const { unique_key: wanted } = transformOf(context, to).latest;
  const isSameKey = old === null || isDeepStrictEqual(old.latest?.unique_key, wanted);
  const { readToMs } = await standingOf(sink, current, signal);
  const mark: Mark = {
    state: 'building',
    kind: isSameKey ? 'copy' : 'read',
    replaces: current.number,
    by,
    since: new Date().toISOString(),
    read_to_ms: readToMs,
  };
  const answer = await atSink(`PUT ${to.index}`, signal, () =>
    sink.indices.create(
      { index: to.index, mappings: { _meta: markedMeta(mark) } },
      { signal, ignore: [400, 409], meta: true },
    ),
  );
  requireCreated(`index ${to.index}`, answer);
}

async function beginUndo(
  sink: Client,
  current: Build,
  by: string,
  signal: AbortSignal,
): Promise<void> {
  const all = await builds(sink, signal);
  const before = all.findLast(
    ({ mark }) => mark?.state === 'superseded' && mark.by_number === current.number,
  );
  if (before === undefined || (await readTransform(sink, before, signal)) === null) {
    throw new BadInputError(
      `there is nothing to go back to: the latest index before ${current.index} is gone`,
    );
  }
  const mark: Mark = {
    state: 'building',
    kind: 'undo',
    replaces: current.number,
    by,
    since: new Date().toISOString(),
    read_to_ms: null,
  };
  await putMark(sink, before, mark, signal);
}

function toReplacement(
  from: Build,
  { mark, ...to }: Building,
  asked: { undo: boolean; by: string },
): Replacement {
  const what = `a replacement of ${from.index} by ${to.index} is under way since ${mark.since}`;
  if (mark.by !== asked.by) throw new RunUnderWayError(`${what}: workflow ${mark.by}`);
  if ((mark.kind === 'undo') !== asked.undo) {
    throw new BadInputError(
      `${what}: \`tcsync apply ${asked.undo ? '--replace-latest' : '--undo'}\` ends it`,
    );
  }
  const { number, index, transform } = to;
  return {
    kind: mark.kind,
    from,
    to: { number, index, transform },
    since: mark.since,
    readToMs: mark.read_to_ms,
  };
}
