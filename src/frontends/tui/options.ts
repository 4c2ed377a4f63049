import type { ReadStream, WriteStream } from 'node:tty';

import type { LogLevel } from '../../ports/logger.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EngineHandle } from '../../ports/engine-handle.ts';
import type { Trade } from '../../domain/trade.ts';
import type { ThemeName } from './style/theme.ts';

/** One line of the program's log, for the Logs panel. */
export interface LogLine {
  /** Milliseconds UTC. */
  readonly at: number;
  readonly level: LogLevel;
  /** The part of the program that speaks: `feed`, `engine` ... */
  readonly source: string;
  /** May hold words from outside; they are escaped when shown. */
  readonly text: string;
}

/** What the screen says of the run; it does not change while it runs. */
export interface TuiInfo {
  /** `local`, `monitor` ... */
  readonly mode: string;
  readonly quoteAsset: string;
  readonly dataDir: string;
}

/** How the screen is to look (THEME, UP_COLOR, NO_COLOR, ASCII). */
export interface TuiDisplay {
  readonly theme: ThemeName;
  readonly upColor: 'green' | 'red';
  readonly color: boolean;
  readonly ascii: boolean;
}

/** The market cannot be reached: nothing is traded until it is. */
export interface Offline {
  /** What stands in the way. May hold words from outside; they are escaped when shown. */
  readonly why: string;
  /** How long until it is tried again, milliseconds; null while it is being tried. */
  readonly nextTryMs: number | null;
}

/** A line of the command line that was understood. */
export interface ReadCommand {
  /** As the catalogue of verbs calls it: `kill`, `trader.set`. */
  readonly verb: string;
  readonly args: Readonly<Record<string, unknown>>;
  /**
   * Has it done.
   * @param width columns that a line of the answer may take
   * @returns the answer as text; rejects with an `AitraderError` when it is refused
   */
  run(width: number): Promise<string>;
}

/** What the screen's command line takes: the verbs of the program's own. */
export interface CommandLine {
  /** Rejects with an `AitraderError` when the line means nothing. */
  read(line: string): Promise<ReadCommand>;
  /** The words that may stand in place of the last one of the line, which may be empty. */
  complete(line: string): Promise<readonly string[]>;
}

export interface TuiOptions {
  readonly engine: EngineHandle;
  /** The terminal: `isTerminal(stdout)` holds. Sizes are read from it at each frame. */
  readonly stdout: WriteStream;
  /** Keys are read when it is a terminal, too; else the screen only shows. */
  readonly stdin: ReadStream;
  /** Real time: paces the frames. */
  readonly clock: Clock;
  /** The engine's time: ages and countdowns count by it. */
  readonly deskClock: Pick<Clock, 'now'>;
  readonly info: TuiInfo;
  readonly display: TuiDisplay;
  /** Trades that were closed before, for the Closed tab and the statistics; later ones are taken from the audit records. */
  readonly earlierTrades: readonly Trade[];
  /** Lines that were written before, oldest first. */
  readonly earlierLogs: readonly LogLine[];
  /** What the desk is waiting for now (`loading history 3/20`), null when for nothing; asked at each frame. */
  readonly notice: () => string | null;
  /** Null while the market can be reached; asked at each frame. While it cannot, `s` asks for the simulated market. */
  readonly offline: () => Offline | null;
  readonly commands: CommandLine;
}
