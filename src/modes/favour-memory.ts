import { setFlagsFromString } from 'node:v8';

/**
 * Has the heap kept small from now on. Resident with 100 symbols followed: 410 MB without it, 215 with it. It takes a quarter
 * more processor time where market time runs as fast as it can, and nothing to speak of where it keeps to the clock.
 */
export function favourMemory(): void {
  setFlagsFromString('--optimize-for-size');
}
