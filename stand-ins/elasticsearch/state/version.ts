/** What kind of deployment the server is: Serverless has no nodes, no ILM and no versions. */
export type Flavour = 'serverless' | 'stack';

/** True if a version such as `8.19.0` is not older than another one. */
export function isAtLeast(version: string, least: string): boolean {
  const parts = version.split('.').map(Number);
  for (const [place, floor] of least.split('.').map(Number).entries()) {
    const part = parts[place] ?? 0;
    if (part !== floor) return part > floor;
  }
  return true;
}
