import { execFile, spawnSync } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

import { LAUNCHER } from '../cli/run-program.ts';

const run = promisify(execFile);

/** The terminal that these tests sit at; Debian's package of the same name. */
export const HAS_TMUX = spawnSync('tmux', ['-V']).status === 0;

const BETWEEN_LOOKS_MS = 50;
let count = 0;

export interface SeatTerms {
  readonly size: readonly [columns: number, rows: number];
  readonly args: readonly string[];
  readonly dataDir: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Somebody at a terminal, with the built program before them: keys go in, the screen is looked at. */
export class Seat {
  readonly #server = `aitrader-test-${process.pid}-${(count += 1)}`;

  /** The shell's words after the program has ended. */
  static readonly ended = /ended with (\d+)/;

  static async take({ size, args, dataDir, env = {} }: SeatTerms): Promise<Seat> {
    const seat = new Seat();
    const [columns, rows] = size;
    const settings = Object.entries({ AITRADER_HOME: dataDir, NO_PROXY: '*', ...env });
    const words = [process.execPath, LAUNCHER, ...args].map((word) => `'${word}'`).join(' ');
    // The window outlives the program, so that what it leaves on the terminal can be seen.
    const script = `${settings.map(([name, value]) => `${name}='${value}'`).join(' ')} ${words}; echo ended with $?; exec cat`;
    const dimensions = ['-x', String(columns), '-y', String(rows)];
    await seat.#tmux('-f', '/dev/null', 'new-session', '-d', ...dimensions, script);
    return seat;
  }

  /** Each is a key by tmux's name for it, or a text. */
  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.#tmux('send-keys', key);
  }

  async resize(columns: number, rows: number): Promise<void> {
    await this.#tmux('resize-window', '-x', String(columns), '-y', String(rows));
  }

  async screen(): Promise<string> {
    return this.#tmux('capture-pane', '-p');
  }

  /** Waits until the screen shows it; gives the whole screen. */
  async sees(wanted: RegExp | ((screen: string) => boolean)): Promise<string> {
    for (;;) {
      const screen = await this.screen();
      if (typeof wanted === 'function' ? wanted(screen) : wanted.test(screen)) return screen;
      if (Seat.ended.test(screen) && wanted !== Seat.ended) {
        throw new Error(`the program ended without showing ${String(wanted)}:\n${screen}`);
      }
      await pause(BETWEEN_LOOKS_MS);
    }
  }

  /** Whether the program has the terminal for itself. */
  async isTakenOver(): Promise<boolean> {
    return (await this.#tmux('display-message', '-p', '#{alternate_on}')).trim() === '1';
  }

  async leave(): Promise<void> {
    await this.#tmux('kill-server').catch(() => undefined);
  }

  async #tmux(...args: readonly string[]): Promise<string> {
    const { stdout } = await run('tmux', ['-L', this.#server, ...args], {
      env: { ...process.env, TERM: 'xterm-256color' },
    });
    return stdout;
  }
}
