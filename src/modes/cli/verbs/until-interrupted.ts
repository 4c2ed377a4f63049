import { EXIT } from '../exit-code.ts';

const SIGNALS = { SIGINT: EXIT.interrupted, SIGTERM: EXIT.terminated, SIGHUP: EXIT.terminated } as const;

/**
 * Runs `work` until it ends by itself, a signal comes or nobody reads stdout any more (`aitrader logs -f | head`).
 * @param stop makes `work` end soon
 * @returns the exit code: that of `work`, or the signal's
 */
export async function untilInterrupted(stop: () => void, work: () => Promise<number>): Promise<number> {
  let exitCode: number | null = null;
  const end = (code: number) => (): void => {
    exitCode ??= code;
    stop();
  };
  const listeners = Object.entries(SIGNALS).map(([signal, code]) => ({ signal, listener: end(code) }));
  const readerLeft = end(EXIT.done);
  for (const { signal, listener } of listeners) process.on(signal, listener);
  process.stdout.on('error', readerLeft);
  try {
    const own = await work();
    return exitCode ?? own;
  } catch (failure) {
    // What breaks because it was told to stop is no failure.
    if (exitCode === null) throw failure;
    return exitCode;
  } finally {
    for (const { signal, listener } of listeners) process.off(signal, listener);
    process.stdout.off('error', readerLeft);
  }
}
