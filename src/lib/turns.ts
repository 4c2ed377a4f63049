/** Lets pieces of work that belong to the same object run one after another, in the order in which they were asked for. */
export class Turns {
  readonly #last = new WeakMap<object, Promise<unknown>>();

  /** Runs the work when all that was asked for before of this owner has ended, well or not. */
  async take<Value>(owner: object, work: () => Promise<Value>): Promise<Value> {
    const before = this.#last.get(owner);
    const own = before === undefined ? work() : before.then(work, work);
    this.#last.set(owner, own);
    return own;
  }
}
