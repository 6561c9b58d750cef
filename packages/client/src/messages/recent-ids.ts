const REMEMBERED = 500;

/**
 * Messages that were heard or sent here, so that none is told twice: a message that is sent again after a loss may also
 * come back as if another device had sent it.
 */
export class RecentIds {
  readonly #ids = new Set<string>();

  isNew(id: string | undefined): boolean {
    if (id === undefined || id === '') return true;
    if (this.#ids.has(id)) return false;
    this.#ids.add(id);
    const [oldest] = this.#ids;
    if (this.#ids.size > REMEMBERED && oldest !== undefined) this.#ids.delete(oldest);
    return true;
  }
}
