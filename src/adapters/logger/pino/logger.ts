import { pino } from 'pino';
import { printable } from '../../../lib/printable.ts';
import { createRedactor } from '../../../lib/redaction.ts';
import type { Redactor } from '../../../lib/redaction.ts';
import type { Secret } from '../../../lib/secret.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { LogFields, Logger, LogLevel } from '../../../ports/logger.ts';
import { openLogFiles } from './file-target.ts';
import type { LogFileOptions } from './file-target.ts';
import { LineSink } from './line-sink.ts';
import { loggableFields, loggableText } from './loggable.ts';
import { createPrettifier } from './pretty.ts';
import { createStderrTarget } from './stderr-target.ts';

const STDERR = 2;

export interface LoggerOptions {
  readonly clock: Clock;
  /** The least severe lines that are written. */
  readonly level: LogLevel;
  /** How lines on stderr look; `none` while a screen has the terminal: then only trouble with the log itself is told. */
  readonly stderr: 'json' | 'console' | 'none';
  /** Whether `console` lines are coloured. */
  readonly color: boolean;
  /** The files that the lines also go to; null for none. */
  readonly files: LogFileOptions | null;
  /** Values to be masked wherever they turn up. Shorter ones than 6 characters are masked by the name of their field only. */
  readonly secrets: readonly Secret[];
  /** Stands before every message, so that nobody misses it; null for nothing. */
  readonly prefix?: string | null;
  /** Is handed every line as it is written, as JSON with secrets masked. */
  readonly onLine?: (line: string) => void;
  /** An open file in place of stderr. */
  readonly stderrFd?: number;
}

/** The log of the whole program. Its children write through it. */
export interface ProgramLogger extends Logger {
  /** Masks further values from now on, such as keys that the venue hands out while the program runs. */
  addSecrets(secrets: readonly Secret[]): void;
  /** Changes which lines are written from now on. */
  setLevel(level: LogLevel): void;
  /** Writes what waits at once, for the moments before the process ends. `fatal` and the end of the process do it too. */
  flushNow(): void;
  /** Writes what waits and closes the files. Lines that come later are lost. */
  close(): Promise<void>;
}

/** Names that the line itself needs; a field of such a name gets an underscore. */
const RESERVED = ['level', 'time', 'msg'] as const;

/** The fields of one line, those of the logger and its parents first; later ones of the same name hold. */
function mergeFields(parts: readonly LogFields[], redactor: Redactor): Record<string, unknown> {
  const fields = Object.create(null) as Record<string, unknown>;
  for (const part of parts) Object.assign(fields, loggableFields(part, redactor));
  for (const name of RESERVED.filter((reserved) => reserved in fields)) {
    fields[`${name}_`] = fields[name];
    delete fields[name];
  }
  return fields;
}

/** Sends each line to stderr and, while they can be opened, to the files. */
class Destination {
  readonly #stderr: LineSink;
  readonly #isQuiet: boolean;
  readonly #onStderr: (line: string) => string;
  readonly #onLine: (line: string) => void;
  readonly #clock: Clock;
  #files: LineSink | null = null;

  constructor(options: LoggerOptions) {
    // Trouble with stderr itself can be told nowhere.
    const silent = { failed: () => undefined, recovered: () => undefined, lost: () => undefined };
    const target = createStderrTarget(options.stderrFd ?? STDERR);
    this.#stderr = new LineSink(target, silent, () => options.clock.monotonicMs());
    this.#isQuiet = options.stderr === 'none';
    this.#onStderr = options.stderr === 'json' ? (line) => line : createPrettifier(options.color);
    this.#onLine = options.onLine ?? (() => undefined);
    this.#clock = options.clock;
  }

  addFiles(files: LineSink): void {
    this.#files = files;
  }

  /** pino calls this with a whole line of JSON. */
  write(line: string): void {
    const safe = `${printable(line.trimEnd())}\n`;
    this.#files?.write(safe);
    if (!this.#isQuiet) this.#stderr.write(this.#onStderr(safe));
    this.#onLine(safe);
  }

  /** Tells of trouble with the log files: on stderr, also when nothing else goes there, and in them when they work again. */
  complain(msg: string): void {
    const line = `${printable(JSON.stringify({ level: 'warn', time: this.#clock.now(), msg }))}\n`;
    this.#files?.write(line);
    this.#stderr.write(this.#onStderr(line));
  }

  flushNow(): void {
    this.#files?.flushNow();
    this.#stderr.flushNow();
  }

  async close(): Promise<void> {
    await Promise.all([this.#files?.close(), this.#stderr.close()]);
  }
}

/** Opens the files; without them the program goes on, and says so once. */
async function openFiles(destination: Destination, options: LoggerOptions): Promise<void> {
  if (options.files === null) return;
  const { directory } = options.files;
  try {
    const target = await openLogFiles(options.files);
    const events = {
      failed: (error: Error) => destination.complain(`the log in ${directory} cannot be written: ${error.message}`),
      recovered: () => destination.complain(`the log in ${directory} is written again`),
      lost: (lines: number) => destination.complain(`${lines} lines of the log in ${directory} were lost`),
    };
    destination.addFiles(new LineSink(target, events, () => options.clock.monotonicMs()));
  } catch (error) {
    destination.complain(`no log is kept in ${directory}: ${(error as Error).message}`);
  }
}

/**
 * The program's log: JSON lines in files, and lines on stderr, never on stdout. Every line is free of the secrets and of
 * characters that could steer a terminal or pass for another line. No method throws, blocks or fails when a disk is full
 * or a pipe is closed; what cannot be written waits in a bounded queue.
 */
export async function createLogger(options: LoggerOptions): Promise<ProgramLogger> {
  const redactor = createRedactor(options.secrets.map((secret) => secret.reveal()));
  const destination = new Destination(options);
  const write = pino(
    {
      level: options.level,
      base: null,
      timestamp: () => `,"time":${options.clock.now()}`,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  );
  const { prefix: word = null } = options;
  const prefix = word === null ? '' : `${word} `;
  const flushNow = (): void => destination.flushNow();
  await openFiles(destination, options);
  process.on('exit', flushNow);

  function log(level: LogLevel, message: string, parts: readonly LogFields[]): void {
    if (!write.isLevelEnabled(level)) return;
    write[level](mergeFields(parts, redactor), loggableText(prefix + message, redactor));
    if (level === 'fatal') flushNow();
  }

  function loggerWith(own: readonly LogFields[]): Logger {
    const method = (level: LogLevel) => (message: string, fields?: LogFields) =>
      log(level, message, fields === undefined ? own : [...own, fields]);
    return {
      debug: method('debug'),
      info: method('info'),
      warn: method('warn'),
      error: method('error'),
      fatal: method('fatal'),
      child: (fields) => loggerWith([...own, fields]),
    };
  }

  return {
    ...loggerWith([]),
    addSecrets: (secrets) => redactor.add(secrets.map((secret) => secret.reveal())),
    setLevel(level) {
      write.level = level;
    },
    flushNow,
    async close() {
      process.off('exit', flushNow);
      await destination.close();
    },
  };
}
