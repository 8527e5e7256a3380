import type { Client, estypes } from '@elastic/elasticsearch';
import { LATEST_ALIAS } from '../../../../contracts/names.ts';
import { foreign, OK, type Asset } from '../asset.ts';
import { generation, type Generation } from '../latest/generation.ts';

/** More than a cluster may have. */
const TRANSFORMS_MAX = 1000;

/**
 * Looks for transforms of others that write to the latest index, or that move its alias. They are never changed.
 *
 * @param known ids of transforms that another line is about
 */
export function otherWriters({ transform, index }: Generation, known: readonly string[]): Asset {
  return {
    name: `transforms beside ${transform}`,
    body: null,
    inspect: async (sink, signal) => {
      const others = await allTransforms(sink, signal);
      const told = others.flatMap((one) =>
        isOwn(one.id) || known.includes(one.id) ? [] : faultsOf(one, index),
      );
      return told.length === 0
        ? OK
        : foreign(
            `${told.join('; ')}: this program did not create it and leaves it as it is; stop it, or let it write to ` +
              'another index',
          );
    },
  };
}

function faultsOf(
  { id, dest }: estypes.TransformGetTransformTransformSummary,
  index: string,
): string[] {
  const { aliases = [] } = dest as { aliases?: { alias: string }[] };
  if (dest.index === index || dest.index === LATEST_ALIAS) {
    return [`transform ${id} writes to the latest index too`];
  }
  return aliases.some(({ alias }) => alias === LATEST_ALIAS)
    ? [`transform ${id} moves the alias ${LATEST_ALIAS} to ${dest.index} when it starts`]
    : [];
}

async function allTransforms(sink: Client, signal: AbortSignal) {
  const { transforms } = await sink.transform.getTransform(
    { transform_id: '*', size: TRANSFORMS_MAX },
    { signal, ignore: [404] },
  );
  return transforms ?? [];
}

/** True for every generation of the latest index, also an older one that is kept. */
function isOwn(id: string): boolean {
  const number = Number(/\d+$/.exec(id)?.[0]);
  return generation(number).transform === id;
}
