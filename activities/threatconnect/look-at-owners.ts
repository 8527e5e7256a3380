import type { RunOwners } from '../../contracts/window.ts';
import { SourceForbiddenError } from '../../contracts/errors.ts';
import type { ThreatConnect } from './threatconnect.ts';

/** Which of a run's owners cannot be seen just now. */
export async function lookAtOwners(
  source: ThreatConnect,
  { ids }: RunOwners,
  signal: AbortSignal,
): Promise<string[]> {
  const visible = new Set((await source.owners(signal)).map(({ id }) => id));
  return ids.filter((id) => !visible.has(id));
}

/**
 * The owners because of which ThreatConnect refused a request: it does so if one is named that has vanished.
 * @throws the error, where none has
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
