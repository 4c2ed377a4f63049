import type { Clock } from '../../ports/clock.ts';

/** What ended a wait. */
type WaitEnd = 'done' | 'bound' | 'aborted';

/**
 * Waits for `work`, at most `boundMs` of the clock, and not beyond the signal. Without work it waits for the bound.
 * Rejects with what the work rejects with, as long as it is waited for.
 */
export function waitFor(
  work: Promise<void> | null,
  { clock, boundMs, signal }: { clock: Clock; boundMs: number; signal: AbortSignal | undefined },
): Promise<WaitEnd> {
  if (signal?.aborted === true) return Promise.resolve('aborted');
  return new Promise((resolve, reject) => {
    const release = (): void => {
      timer.cancel();
      signal?.removeEventListener('abort', onAbort);
    };
    const end = (reason: WaitEnd): void => {
      release();
      resolve(reason);
    };
    const onAbort = (): void => end('aborted');
    const timer = clock.setTimer(boundMs, () => end('bound'));
    signal?.addEventListener('abort', onAbort);
    work?.then(
      () => end('done'),
      (failure: unknown) => {
        release();
        reject(failure instanceof Error ? failure : new Error(String(failure)));
      },
    );
  });
}
