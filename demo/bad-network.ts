import { startFailingProxy, type Failure, type FailingProxy } from '../stand-ins/failing-proxy.ts';

/** Share of the requests that fail. */
const RATE = 1 / 16;
const FAILURES: readonly Failure[] = ['429', '429', '502', '502', '503', 'reset', 'cut'];

/**
 * The network between the worker and the two systems: a proxy before each. It is good until told otherwise.
 */
export class BadNetwork {
  readonly source: FailingProxy;
  readonly sink: FailingProxy;

  private constructor(source: FailingProxy, sink: FailingProxy) {
    this.source = source;
    this.sink = sink;
  }

  /** @param urls without a slash at the end */
  static async start(seed: number, urls: { source: string; sink: string }): Promise<BadNetwork> {
    const [source, sink] = [await startFailingProxy(seed), await startFailingProxy(seed + 1)];
    source.target = urls.source;
    sink.target = urls.sink;
    return new BadNetwork(source, sink);
  }

  /** Settings of a worker behind it. */
  get env(): NodeJS.ProcessEnv {
    return { TC_URL: this.source.url, ES_URL: this.sink.url };
  }

  /** A share of the requests fails, each in a random way. */
  turnBad(): void {
    for (const proxy of [this.source, this.sink]) {
      proxy.rate = RATE;
      proxy.failures = FAILURES;
    }
  }

  /** The source refuses every request because it gets too many. */
  refuseAtSource(): void {
    this.source.rate = 1;
    this.source.failures = ['429'];
  }

  turnGood(): void {
    this.source.rate = 0;
    this.sink.rate = 0;
  }

  async close(): Promise<void> {
    await this.source.close();
    await this.sink.close();
  }
}

type Moment = 'onRequest' | 'onAnswer';

/**
 * Waits for the n-th request to a path, and holds it while `act` does something: before the server gets it, or
 * (`onAnswer`) after the server has answered and before the answer arrives.
 */
export async function atMoment(
  proxy: FailingProxy,
  moment: Moment,
  { isPath, times }: { isPath: (path: string) => boolean; times: number },
  act: () => Promise<void>,
): Promise<void> {
  const acted = Promise.withResolvers<void>();
  let seen = 0;
  proxy[moment] = async (path) => {
    if (!isPath(path)) return;
    seen += 1;
    if (seen !== times) return;
    proxy[moment] = () => Promise.resolve();
    await act().then(acted.resolve, acted.reject);
  };
  await acted.promise;
}
