import type { RunVerb } from './run-options.ts';

/** Asks the running aitrader, or what the last one stored. Loaded when it is called: `--help` must not wait for it. */
export const askRunning: RunVerb = async (question, options) =>
  (await import('./run-verb.ts')).runVerb(question, options);
