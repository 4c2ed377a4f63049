import type { WriteStream } from 'node:tty';

import { describeFailure } from '../../domain/errors.ts';
import { SECOND_MS } from '../../domain/time.ts';
import type { Timer } from '../../ports/clock.ts';
import { Screen } from './components.ts';
import { createElement as h, render } from './drawing.ts';
import type { Instance } from './drawing.ts';
import type { LogLine, TuiOptions } from './options.ts';
import type { Size } from './screen/blocks.ts';
import { Session } from './session.ts';
import { toAscii } from './style/ascii.ts';
import { span } from './style/line.ts';
import { paint } from './style/paint.ts';
import { shown } from './style/text.ts';
import { makeLook } from './style/theme.ts';
import type { Look } from './style/theme.ts';
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
  readonly #look: Look;
  readonly #session: Session;
  readonly #ink: Instance;
  #timer: Timer | null = null;
  #isOpen = true;
  #title = '';
  /** What is shown now. */
  #frame = '';

  constructor(options: TuiOptions) {
    this.#options = options;
    const { stdout, display } = options;
    const ended = Promise.withResolvers<Leaving>();
    this.#look = makeLook({ ...display, colorDepth: stdout.getColorDepth() });
    this.#session = new Session(options, { leave: ended.resolve, redraw: () => this.#redraw() });
    // Ink restores screen, cursor and keyboard when the process exits, also by a crash; the title is ours.
    process.once('exit', this.#restoreTitle);
    // Stays for good: what `close` writes may fail after it has settled.
    stdout.on('error', this.#lose);
    stdout.write(KEEP_TITLE);
    // Before ink's own: its answer to a new size must find a frame of that size.
    stdout.on('resize', this.#draw);
    this.#ink = render(this.#screen(this.#rows()), {
      stdout,
      stdin: options.stdin,
      interactive: true,
      alternateScreen: true,
      incrementalRendering: true,
      exitOnCtrlC: false,
      patchConsole: false,
      isScreenReaderEnabled: false,
      // The timer below paces the frames; a limit of ink's own would only hold back those that come a little early.
      maxFps: SECOND_MS,
    });
    // Rejects when ink itself fails; the desk goes on without a screen.
    this.#ink.waitUntilExit().catch(() => this.#lose());
    this.#next();
    this.tui = { ended: ended.promise, close: () => this.#close(), log: (line) => this.#session.log(line) };
  }

  #size(): Size {
    const { columns, rows } = this.#options.stdout;
    return { width: columns, height: rows };
  }

  #screen(rows: readonly string[]) {
    const { width } = this.#size();
    return h(Screen, {
      rows,
      width,
      hasKeyboard: this.#options.stdin.isTTY,
      onKeys: (keys) => this.#answer(() => this.#session.press(keys)),
      onPaste: (text) => this.#answer(() => this.#session.paste(text)),
    });
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
  #rows(): readonly string[] {
    const size = this.#size();
    try {
      const lines = this.#session.draw(size).map((line) => paint(line, this.#look));
      this.#entitle();
      return lines;
    } catch (error) {
      const text = `the screen cannot be drawn: ${describeFailure(error)}; the desk goes on, q quits`;
      return [paint([span(shown(text), 'bad')], this.#look)];
    }
  }

  readonly #draw = (): void => {
    if (!this.#isOpen) return;
    const rows = this.#rows();
    const frame = rows.join('\n');
    // Ink would lay out, measure and compare every row anew to find that none has changed.
    if (frame === this.#frame) return;
    this.#frame = frame;
    this.#ink.rerender(this.#screen(rows));
  };

  #next(): void {
    this.#timer = this.#options.clock.setTimer(FRAME_MS, () => {
      this.#draw();
      if (this.#isOpen) this.#next();
    });
  }

  #redraw(): void {
    this.#ink.clear();
    this.#frame = '';
    this.#draw();
  }

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
    stdout.off('resize', this.#draw);
    this.#ink.unmount();
    await this.#ink.waitUntilExit().catch(() => undefined);
    if (process.listeners('exit').includes(this.#restoreTitle)) this.#restoreTitle();
    process.off('exit', this.#restoreTitle);
  }
}
