/** Work by turns: what is done for one key follows what was begun for it before, whatever became of that. */
export class Turns<Key> {
  readonly #last = new Map<Key, Promise<unknown>>();

  /** Whether work for the key waits or is under way. */
  isTaken(key: Key): boolean {
    return this.#last.has(key);
  }

  /** Begins at once when nothing is under way. Settles as `work` does. */
  take<Value>(key: Key, work: () => Promise<Value>): Promise<Value> {
    const before = this.#last.get(key);
    const result = before === undefined ? work() : before.then(work);
    const ended = result
      .catch(() => undefined)
      .then(() => {
        if (this.#last.get(key) === ended) this.#last.delete(key);
      });
    this.#last.set(key, ended);
    return result;
  }
}
