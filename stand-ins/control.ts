/** Client of the control API of a stand-in, under `/_sim/`. */
export class Control {
  readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  async get<T>(path: string): Promise<T> {
    return (await (await this.#fetch('GET', path)).json()) as T;
  }

  async lines<T>(path: string): Promise<T[]> {
    const text = await (await this.#fetch('GET', path)).text();
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as T);
  }

  /** The body of an answer, in chunks as they arrive. */
  async *chunks(path: string): AsyncGenerator<Uint8Array> {
    const { body } = await this.#fetch('GET', path);
    if (body !== null) yield* body;
  }

  async post(path: string, body: unknown = {}): Promise<void> {
    await this.#fetch('POST', path, JSON.stringify(body));
  }

  async delete(path: string): Promise<void> {
    await this.#fetch('DELETE', path);
  }

  async #fetch(method: string, path: string, body?: string): Promise<Response> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      ...(body === undefined ? {} : { body, headers: { 'content-type': 'application/json' } }),
    });
    if (!response.ok)
      throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response;
  }
}
