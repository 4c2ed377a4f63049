import type { Logger } from '../ports/logger.ts';

const ignore = (): void => undefined;

/** For verbs that print an answer: what their parts have to say comes back in it. */
export const quietLogger: Logger = {
  debug: ignore,
  info: ignore,
  warn: ignore,
  error: ignore,
  fatal: ignore,
  child: () => quietLogger,
};
