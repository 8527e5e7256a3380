import type { AssetContext } from '../elasticsearch/assets/asset-context.ts';
import type { Deps } from './deps.ts';

/** What the assets of this worker depend on. Asks the server for its flavour once. */
export async function contextOf(
  { server, settings, feeds }: Pick<Deps, 'server' | 'settings' | 'feeds'>,
  signal: AbortSignal,
): Promise<AssetContext> {
  const { flavour } = await server(signal);
  return { ...settings, flavour, feeds: feeds.map(({ name }) => name) };
}
