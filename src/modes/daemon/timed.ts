import type { Clock } from '../../ports/clock.ts';

/**
 * The object as it is, but for methods of these names, of which it is measured how long their promises take.
 * @param took called with seconds, whether the call went well or not
 */
export function timed<Worker extends object>(
  worker: Worker,
  names: readonly (keyof Worker)[],
  { clock, took }: { readonly clock: Clock; readonly took: (seconds: number) => void },
): Worker {
  return new Proxy(worker, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      const method = member as (...args: unknown[]) => unknown;
      if (!names.includes(name as keyof Worker)) return method.bind(target);
      return (...args: unknown[]) => {
        const beganMs = clock.monotonicMs();
        const answer = method.apply(target, args);
        return Promise.resolve(answer).finally(() => took((clock.monotonicMs() - beganMs) / 1_000));
      };
    },
  });
}
