import { type JsonObject } from '../json/exact.ts';
import { type Cluster } from '../state/cluster.ts';
import { type Transform, type Transforms } from '../transform/transform.ts';
import { type ControlAnswer, ControlError, json, refuseOthers, wholeNumber } from './input.ts';

const MODES = ['history', 'window'] as const;

/**
 * What a test can do to transforms, beside the Elasticsearch API:
 *
 *     POST transforms/settle   answers when no run is under way or due
 *     POST transforms/mode     {newestOf: history | window}: see `Cluster.transformMode`
 *     POST transforms/fail     {id, reason}
 *     POST transforms/hinder   {id, status, reason, times}: the next runs meet this error
 *     POST transforms/wait     {id, reason}: it waits, and does nothing, until reason is null
 */
export async function controlTransforms(
  cluster: Cluster,
  transforms: Transforms,
  action: string,
  given: JsonObject,
): Promise<ControlAnswer> {
  switch (action) {
    case 'settle':
      refuseOthers('transforms', given, []);
      await Promise.all([...transforms.values()].map((transform) => transform.settled()));
      break;
    case 'mode': {
      refuseOthers('transforms', given, ['newestOf']);
      const mode = MODES.find((name) => name === given['newestOf']);
      if (mode === undefined)
        throw new ControlError(400, `transforms: newestOf is one of ${MODES.join(', ')}`);
      cluster.transformMode = mode;
      break;
    }
    case 'fail':
      refuseOthers('transforms', given, ['id', 'reason']);
      find(transforms, given).fail(text(given, 'reason'));
      break;
    case 'hinder': {
      refuseOthers('transforms', given, ['id', 'reason', 'status', 'times']);
      const { status = 503 } = wholeNumber('transforms', given, 'status');
      const { times = 1 } = wholeNumber('transforms', given, 'times');
      find(transforms, given).hindrance = { status, reason: text(given, 'reason'), times };
      break;
    }
    case 'wait':
      refuseOthers('transforms', given, ['id', 'reason']);
      find(transforms, given).waitingFor = given['reason'] === null ? null : text(given, 'reason');
      break;
    default:
      throw new ControlError(404, `transforms: no action ${action}`);
  }
  const shown = [...transforms].map(([id, { shownState }]) => [id, shownState]);
  return json(200, { newestOf: cluster.transformMode, states: Object.fromEntries(shown) });
}

function find(transforms: Transforms, given: JsonObject): Transform {
  const id = text(given, 'id');
  const transform = transforms.get(id);
  if (transform === undefined) throw new ControlError(404, `transforms: there is no ${id}`);
  return transform;
}

function text(given: JsonObject, name: string): string {
  const value = given[name];
  if (typeof value !== 'string') throw new ControlError(400, `transforms: ${name} is a text`);
  return value;
}
