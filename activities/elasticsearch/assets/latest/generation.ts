import type { Client } from '@elastic/elasticsearch';
import { LATEST_ALIAS } from '../../../../contracts/names.ts';
import { atSink } from '../../sink-error.ts';

/**
 * One build of the latest index, and the transform that fills it. A replacement builds the next one beside it; then the
 * alias moves.
 */
export type Generation = {
  /** From 1 on. */
  number: number;
  transform: string;
  index: string;
};

const TRANSFORM = 'tcsync-ti_threatconnect-latest-v';
const INDEX = 'logs-ti_threatconnect_latest.dest_indicator-';
/** The numbers of its indices are apart from those that Elastic's own package uses. */
const FIRST_INDEX = 100;

export function generation(number: number): Generation {
  return {
    number,
    transform: `${TRANSFORM}${number}`,
    index: `${INDEX}${FIRST_INDEX + number}`,
  };
}

export const FIRST_GENERATION = generation(1);

/** The program's own generations among indices of the latest documents. */
export function generationsOf(indices: readonly string[]): Generation[] {
  return indices
    .flatMap((index) => (index.startsWith(INDEX) ? [Number(index.slice(INDEX.length))] : []))
    .filter((number) => number > FIRST_INDEX)
    .map((number) => generation(number - FIRST_INDEX))
    .sort((one, other) => one.number - other.number);
}

/**
 * The generation that readers see: the one behind the alias. If the alias is missing, the newest one whose transform
 * sets it, which neither one under construction nor a replaced one does; before the first `tcsync apply` the first one.
 */
export async function currentGeneration(sink: Client, signal: AbortSignal): Promise<Generation> {
  const behind = generationsOf(await indicesBehindAlias(sink, signal));
  if (behind.length === 1 && behind[0] !== undefined) return behind[0];
  const transforms = await ownTransforms(sink, signal);
  const setting = transforms.filter(({ setsAlias }) => setsAlias);
  const numbers = (setting.length > 0 ? setting : transforms).map(({ number }) => number);
  const served = behind.filter(({ number }) => numbers.includes(number));
  return served.at(-1) ?? behind.at(-1) ?? generation(Math.max(1, ...numbers));
}

/** Names of all indices behind the alias; empty if there is no such alias. */
export async function indicesBehindAlias(sink: Client, signal: AbortSignal): Promise<string[]> {
  const found = await atSink(`GET _alias/${LATEST_ALIAS}`, signal, () =>
    sink.indices.getAlias({ name: LATEST_ALIAS }, { signal, ignore: [404], meta: true }),
  );
  return found.statusCode === 404 ? [] : Object.keys(found.body);
}

/** Generations whose transform runs: exactly one, except while a replacement is built. */
export async function runningGenerations(sink: Client, signal: AbortSignal): Promise<Generation[]> {
  const found = await sink.transform.getTransformStats(
    { transform_id: `${TRANSFORM}*` },
    { signal, ignore: [404] },
  );
  return (found.transforms ?? [])
    .filter(({ state }) => state === 'started' || state === 'indexing')
    .flatMap(({ id }) => numberOf(id))
    .map((number) => generation(number));
}

/** A transform of the program, and whether it sets the alias when it starts. */
export type OwnTransform = { number: number; setsAlias: boolean };

export async function ownTransforms(sink: Client, signal: AbortSignal): Promise<OwnTransform[]> {
  const found = await atSink(`GET _transform/${TRANSFORM}*`, signal, () =>
    sink.transform.getTransform({ transform_id: `${TRANSFORM}*` }, { signal, ignore: [404] }),
  );
  return (found.transforms ?? []).flatMap(({ id, dest }) => {
    const { aliases = [] } = dest as { aliases?: { alias: string }[] };
    const setsAlias = aliases.some(({ alias }) => alias === LATEST_ALIAS);
    return numberOf(id).map((number) => ({ number, setsAlias }));
  });
}

function numberOf(transform: string): number[] {
  const number = Number(transform.slice(TRANSFORM.length));
  return Number.isInteger(number) && number > 0 ? [number] : [];
}
