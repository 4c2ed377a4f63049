import type { WriteStream } from 'node:tty';

import { describeFailure } from '../../domain/errors.ts';
import { SECOND_MS } from '../../domain/time.ts';
import type { Timer } from '../../ports/clock.ts';
import { Canvas } from './canvas.ts';
import { createElement, render } from './ink.ts';
import type { Instance } from './ink.ts';
import { Keyboard } from './keys/keyboard.ts';
import type { LogLine, TuiOptions } from './options.ts';
import { block } from './screen/blocks.ts';
import { Session } from './session.ts';
import { toAscii } from './style/ascii.ts';
import type { Line } from './style/line.ts';
import { paragraph, shown } from './style/text.ts';
import { makeLook } from './style/theme.ts';
import type { Leaving } from './ui/question.ts';

/** Ten frames a second. */
const FRAME_MS = SECOND_MS / 10;

/** Keeps the terminal's title and sets ours; gives the kept one back (xterm's window operations 22 and 23). */
const KEEP_TITLE = '\u001b[22;0t';
const RESTORE_TITLE = '\u001b[23;0t';

/** The running screen. */
export interface Tui {
  /** Settles when the user wants to leave; the screen stays until `close`. */
  readonly ended: Promise<Leaving>;
  /** Takes the screen away and gives the terminal back as it was. Can be called twice. */
  close(): Promise<void>;
  /** Shows a line in the Logs panel. */
  log(line: LogLine): void;
}

/** Whether a screen can be drawn there. A test of our own: ink's also looks for CI in the environment. */
export function isTerminal(stdout: WriteStream): boolean {
  // Of a pipe, `isTTY` is not there at all.
  return stdout.isTTY === true && stdout.columns > 0 && stdout.rows > 0;
}

function titleOf({ engine, info, display }: TuiOptions): string {
  const { money, account } = engine.status();
  const kind = { live: 'LIVE REAL MONEY', paper: 'paper money', sim: 'simulated money' }[money];
  const text = shown(`aitrader · ${kind} · ${account.venue} ${account.market} · ${info.mode}`);
  return `\u001b]0;${display.ascii ? toAscii(text) : text}\u0007`;
}

/** Takes the terminal over: draws the screen ten times a second and reads the keys until it is closed. */
export function startTui(options: TuiOptions): Tui {
  return new Terminal(options).tui;
}

class Terminal {
  readonly tui: Tui;
  readonly #options: TuiOptions;
  readonly #session: Session;
  readonly #canvas: Canvas;
  readonly #ink: Instance;
  #timer: Timer | null = null;
  #isOpen = true;
  #title = '';

  constructor(options: TuiOptions) {
    this.#options = options;
    const { stdout, display } = options;
    const ended = Promise.withResolvers<Leaving>();
    this.#session = new Session(options, { leave: ended.resolve, redraw: this.#redraw });
    this.#canvas = new Canvas(stdout, makeLook({ ...display, colorDepth: stdout.getColorDepth() }));
    // Ink restores screen, cursor and keyboard when the process exits, also by a crash; the title is ours.
    process.once('exit', this.#restoreTitle);
    // Stays for good: what `close` writes may fail after it has settled.
    stdout.on('error', this.#lose);
    stdout.write(KEEP_TITLE);
    this.#ink = this.#takeTerminal();
    // After ink's own, which erases rows.
    stdout.on('resize', this.#redraw);
    this.#draw();
    this.#next();
    this.tui = { ended: ended.promise, close: () => this.#close(), log: (line) => this.#session.log(line) };
  }

  /** Ink turns to the alternate screen and reads the keys; it draws nothing but an empty row. */
  #takeTerminal(): Instance {
    const { stdin, stdout } = this.#options;
    const keyboard = createElement(Keyboard, {
      onKeys: (keys) => this.#answer(() => this.#session.press(keys)),
      onPaste: (text) => this.#answer(() => this.#session.paste(text)),
    });
    const ink = render(stdin.isTTY ? keyboard : null, {
      stdout,
      stdin,
      interactive: true,
      alternateScreen: true,
      exitOnCtrlC: false,
      patchConsole: false,
      isScreenReaderEnabled: false,
    });
    // Rejects when ink itself fails; the desk goes on without a screen.
    ink.waitUntilExit().catch(this.#lose);
    return ink;
  }

  /** Who presses a key sees at once what it did. */
  #answer(take: () => void): void {
    take();
    this.#draw();
  }

  /** The title says what is at stake; it changes when the desk begins to trade in another market. */
  #entitle(): void {
    const title = titleOf(this.#options);
    if (title === this.#title) return;
    this.#title = title;
    this.#options.stdout.write(title);
  }

  /** A fault of the screen must not end the desk: it is said in place of the frame. */
  #lines(): readonly Line[] {
    const { columns: width, rows: height } = this.#options.stdout;
    try {
      const lines = this.#session.draw({ width, height });
      this.#entitle();
      return lines;
    } catch (error) {
      const text = `the screen cannot be drawn: ${describeFailure(error)}; the desk goes on, q quits`;
      return block(paragraph(shown(text), width, 'bad'), { width, height });
    }
  }

  #draw(): void {
    if (this.#isOpen) this.#canvas.show(this.#lines());
  }

  #next(): void {
    this.#timer = this.#options.clock.setTimer(FRAME_MS, () => {
      this.#draw();
      if (this.#isOpen) this.#next();
    });
  }

  readonly #redraw = (): void => {
    this.#canvas.forget();
    this.#draw();
  };

  readonly #restoreTitle = (): void => {
    this.#options.stdout.write(RESTORE_TITLE);
  };

  /** The terminal is gone: nothing is drawn any more, and the desk goes on. */
  readonly #lose = (): void => {
    this.#isOpen = false;
    this.#timer?.cancel();
  };

  async #close(): Promise<void> {
    const { stdout } = this.#options;
    this.#session.close();
    this.#lose();
    stdout.off('resize', this.#redraw);
    this.#ink.unmount();
    await this.#ink.waitUntilExit().catch(() => undefined);
    if (process.listeners('exit').includes(this.#restoreTitle)) this.#restoreTitle();
    process.off('exit', this.#restoreTitle);
  }
}
