import type { Logger } from '../ports/logger.ts';

const ignore = (): void => undefined;

/** A logger for tests that do not look at the log. */
export const silentLogger: Logger = {
  debug: ignore,
  info: ignore,
  warn: ignore,
  error: ignore,
  fatal: ignore,
  child: () => silentLogger,
};
