import { setImmediate } from 'node:timers/promises';

/**
 * What is under way outside the engine's own time: checks in the sandbox, writes to the store. A simulated market stands
 * still until all of it has come to an end.
 */
export class Undertakings {
  #count = 0;
  #settled: PromiseWithResolvers<void> | null = null;

  /** Counts the work until it ends. */
  watch<Value>(work: Promise<Value>): Promise<Value> {
    this.#count += 1;
    return work.finally(() => {
      this.#count -= 1;
      if (this.#count > 0) return;
      this.#settled?.resolve();
      this.#settled = null;
    });
  }

  /** An object whose methods of these names count as work while their promises are open. */
  watched<Worker extends object>(worker: Worker, names: readonly (keyof Worker)[]): Worker {
    return new Proxy(worker, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== 'function') return member;
        const method = member as (...args: unknown[]) => unknown;
        if (!names.includes(name as keyof Worker)) return method.bind(target);
        return (...args: unknown[]) => this.watch(Promise.resolve(method.apply(target, args)));
      },
    });
  }

  /** Settles when nothing is under way, nor what that sets off; undefined when nothing is now. */
  settle(): Promise<void> | undefined {
    return this.#count === 0 ? undefined : this.#untilSettled();
  }

  async #untilSettled(): Promise<void> {
    while (this.#count > 0) {
      this.#settled ??= Promise.withResolvers<void>();
      await this.#settled.promise;
      await setImmediate();
    }
  }
}
