export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'fatal';

/** Named values of a log line. Secrets in them are masked before anything is written. */
export type LogFields = Readonly<Record<string, unknown>>;

/** The program's log: one line per call, never on stdout. Writing never blocks and never throws. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  /** `fields.error` may hold an Error: its code, message and stack are written. */
  error(message: string, fields?: LogFields): void;
  fatal(message: string, fields?: LogFields): void;
  /** A logger that adds `fields` to each of its lines, such as `{ part: 'feed' }`. */
  child(fields: LogFields): Logger;
}
