import type { Owners } from './owners.ts';

/** An API user in addition to the one of the start options. */
export interface ApiUser {
  accessId: string;
  secretKey: string;
  /** Names of the owners it belongs to; `null`: all. */
  owners: ReadonlySet<string> | null;
}

/** Further API users. Each sees the data of its own owners. @see the vendor's "Owners" page */
export class Users {
  readonly #byAccessId = new Map<string, ApiUser>();

  get accessIds(): readonly string[] {
    return [...this.#byAccessId.keys()];
  }

  /** Adds or changes a user. */
  add(user: ApiUser): void {
    this.#byAccessId.set(user.accessId, user);
  }

  find(accessId: string): ApiUser | undefined {
    return this.#byAccessId.get(accessId);
  }

  /**
   * Evaluates a function with the owners that a user sees.
   *
   * @param user `null`: the user of the start options
   * @param evaluate must be synchronous
   */
  as<T>(user: ApiUser | null, owners: Owners, evaluate: () => T): T {
    if (user === null) return evaluate();
    const before = owners.list.map(({ visible }) => visible);
    for (const owner of owners.list) owner.visible = user.owners?.has(owner.name) ?? true;
    try {
      return evaluate();
    } finally {
      for (const [index, owner] of owners.list.entries()) owner.visible = before[index] ?? true;
    }
  }
}
