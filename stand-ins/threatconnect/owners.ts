export type OwnerType = 'Organization' | 'Community' | 'Source';

/**
 * An organization, community or source; every indicator belongs to exactly one.
 *
 * @see the vendor's "Owners" page
 */
export interface Owner {
  id: number;
  name: string;
  type: OwnerType;
  /** Whether the API user belongs to it. Indicators of other owners are in no list and are not found by id. */
  visible: boolean;
}

/** The owners in the order in which they were added. The first Organization is that of the API user. */
export class Owners {
  readonly list: Owner[] = [];
  readonly #indexOf = new Map<string, number>();

  /** The owner's index. Adds an unknown owner: the first one as Organization, later ones as Source. */
  indexOf(id: number, name: string): number {
    const known = this.#indexOf.get(`${id} ${name}`);
    if (known !== undefined) return known;
    const type = this.list.length === 0 ? 'Organization' : 'Source';
    return this.add({ id: id === 0 ? this.freeId() : id, name, type, visible: true }, id);
  }

  add(owner: Owner, idInRecords: number = owner.id): number {
    const index = this.list.push(owner) - 1;
    this.#indexOf.set(`${idInRecords} ${owner.name}`, index);
    return index;
  }

  /** A visible owner of this name. */
  visibleNamed(name: string): Owner | undefined {
    return this.list.find((owner) => owner.visible && owner.name === name);
  }

  ownOrganization(): Owner | undefined {
    return this.list.find((owner) => owner.type === 'Organization');
  }

  freeId(): number {
    return Math.max(0, ...this.list.map((owner) => owner.id)) + 1;
  }
}
