import { spawn } from 'node:child_process';
import { once } from 'node:events';

export type Proxy = { port: number; tunnels(): Promise<string[]>; stop(): void };

/** Starts `connect-proxy.ts` as a separate process with its argument. */
export async function startProxy(
  options: { user?: string; answer?: number; tls?: boolean } = {},
): Promise<Proxy> {
  const file = new URL('connect-proxy.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [file, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const port = Number(line.toString());
  return {
    port,
    tunnels: async () => (await (await fetch(`http://127.0.0.1:${port}/`)).json()) as string[],
    stop: () => child.kill('SIGKILL'),
  };
}
