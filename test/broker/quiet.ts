/** Knows when no request over HTTP waits for its answer in this process. */
import { subscribe } from 'node:diagnostics_channel';
import { setImmediate, setTimeout as pause } from 'node:timers/promises';

const PATIENCE_MS = 5_000;

/** The one that opens a WebSocket never gets an answer. */
const underWay = new Set<unknown>();
const requestOf = (message: unknown): { readonly upgrade?: unknown } => (message as { request: object }).request;
subscribe('undici:request:create', (message) => {
  if (!requestOf(message).upgrade) underWay.add(requestOf(message));
});
subscribe('undici:request:trailers', (message) => underWay.delete(requestOf(message)));
subscribe('undici:request:error', (message) => underWay.delete(requestOf(message)));

/** Settles when all requests are answered, and `isQuiet` says that nothing else is on its way. */
export async function untilQuiet(isQuiet: () => boolean = () => true): Promise<void> {
  const isOver = (): boolean => underWay.size === 0 && isQuiet();
  const endMs = performance.now() + PATIENCE_MS;
  for (let quiet = 0; quiet < 3; quiet = isOver() ? quiet + 1 : 0) {
    if (performance.now() > endMs) throw new Error(`not quiet: ${underWay.size} requests wait`);
    await setImmediate();
    if (!isOver()) await pause(1);
  }
}
