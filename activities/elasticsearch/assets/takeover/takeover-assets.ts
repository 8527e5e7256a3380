import { ASSETS, type StepWithAssets } from '../all.ts';
import type { Asset } from '../asset.ts';
import type { PlanContext } from '../asset-context.ts';
import { otherWriters } from '../transform/other-writers.ts';
import { transform } from '../transform/transform.ts';
import type { FleetPackage } from './fleet-package.ts';
import { fleetTransforms } from './fleet-transforms.ts';
import { handOverReaders } from './hand-over-readers.ts';
import { handOverStream } from './hand-over-stream.ts';

/**
 * The assets of a step while the program takes over from Elastic's package, and afterwards:
 *
 *     templates ─► the stream rolls over, feeds are read whole ─► own transform and index ─► the alias moves
 *                              readers see the package's index, whose transform goes on ─────────┘ stopped
 */
export function takeoverAssets(
  step: StepWithAssets,
  plan: PlanContext,
  fleet: FleetPackage,
): Asset[] {
  switch (step) {
    case 'stream':
      return [handOverStream(plan), ...ASSETS.stream(plan)];
    case 'latest':
      return [
        handOverReaders(plan, fleet),
        ...(plan.readers === 'own' ? [fleetTransforms, ...ASSETS.latest(plan)] : []),
      ];
    case 'transform':
      return [
        transform(plan),
        otherWriters(
          plan.latest,
          fleet.transforms.map(({ id }) => id),
        ),
      ];
    default:
      return ASSETS[step](plan);
  }
}
