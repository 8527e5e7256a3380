import type { RunOwners } from '../../contracts/window.ts';
import { SourceForbiddenError } from '../../contracts/errors.ts';
import type { ThreatConnect } from './threatconnect.ts';

/** The owners of a run that are not visible now. */
export async function lookAtOwners(
  source: ThreatConnect,
  { ids }: RunOwners,
  signal: AbortSignal,
): Promise<string[]> {
  const visible = new Set((await source.owners(signal)).map(({ id }) => id));
  return ids.filter((id) => !visible.has(id));
}

/**
 * The owners because of which ThreatConnect refused a request: it refuses a request that names an owner that has
 * vanished.
 * @throws the error, if no owner has vanished
 */
export async function whoVanished(
  error: unknown,
  source: ThreatConnect,
  owners: RunOwners | undefined,
  signal: AbortSignal,
): Promise<string[]> {
  if (!(error instanceof SourceForbiddenError) || owners === undefined) throw error;
  const absent = await lookAtOwners(source, owners, signal);
  if (absent.length === 0) throw error;
  return absent;
}
