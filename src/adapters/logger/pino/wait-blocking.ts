/** Stops this thread for `ms`: only for the moments before the process ends. */
export function waitBlocking(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
