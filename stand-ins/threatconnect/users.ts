import type { Owners } from './owners.ts';

/** An API user beside the one whose credentials the server was started with. */
export interface ApiUser {
  accessId: string;
  secretKey: string;
  /** Names of the owners it belongs to; null: all. */
  owners: ReadonlySet<string> | null;
}

/** Further API users. What is visible depends on who asks. @see the vendor's "Owners" page */
export class Users {
  readonly #byAccessId = new Map<string, ApiUser>();

  get accessIds(): readonly string[] {
    return [...this.#byAccessId.keys()];
  }

  /** Adds a user, or changes one. */
  add(user: ApiUser): void {
    this.#byAccessId.set(user.accessId, user);
  }

  find(accessId: string): ApiUser | undefined {
    return this.#byAccessId.get(accessId);
  }

  /**
   * Evaluates something with the owners that a user sees.
   *
   * @param user null: the one of the start; `evaluate` must not wait for anything
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
