import type { CommandLine, TuiDisplay, TuiOptions } from '../../src/frontends/tui/options.ts';
import { startTui } from '../../src/frontends/tui/start.ts';
import type { Tui } from '../../src/frontends/tui/start.ts';
import { createFakeClock } from '../../src/testkit/fake-clock.ts';
import type { FakeClock } from '../../src/testkit/fake-clock.ts';
import { busyDesk, NOW } from './staged-desk.ts';
import type { StagedEngine } from './staged-desk.ts';
import { EARLIER_TRADES } from './staged-trades.ts';
import { FakeKeyboard, FakeTerminal } from './terminal.ts';

const COLORED: TuiDisplay = { theme: 'tokyo-night', upColor: 'green', color: true, ascii: false };
export const MONO_ASCII: TuiDisplay = { theme: 'mono', upColor: 'green', color: false, ascii: true };

export const ESCAPE = '\u001b';

/** An escape character may begin the sequence of another key: ink waits for the rest for less than this real time. */
const ESCAPE_MS = 40;

/** A command line that knows nothing. */
export const NO_COMMANDS: CommandLine = {
  read: () => Promise.reject(new Error('there are no commands here')),
  complete: () => Promise.resolve([]),
};

export interface RunningScreen {
  readonly engine: StagedEngine;
  readonly terminal: FakeTerminal;
  readonly keyboard: FakeKeyboard;
  readonly clock: FakeClock;
  readonly tui: Tui;
  /** Sends each as a message of its own and lets the screen draw. */
  readonly press: (...keys: readonly string[]) => Promise<void>;
  /** The screen as text. */
  readonly text: () => string;
}

export interface ScreenTerms {
  readonly size?: readonly [number, number];
  readonly engine?: StagedEngine;
  readonly display?: TuiDisplay;
  readonly options?: Partial<TuiOptions>;
}

/** The screen over a staged desk, drawn once. */
export async function runScreen(terms: ScreenTerms = {}): Promise<RunningScreen> {
  const { size = [80, 24], engine = busyDesk(), display = COLORED, options = {} } = terms;
  const terminal = new FakeTerminal(...size);
  const keyboard = new FakeKeyboard();
  const clock = createFakeClock(NOW);
  const tui = startTui({
    engine,
    stdout: terminal.asStdout(),
    stdin: keyboard.asStdin(),
    clock,
    deskClock: { now: () => NOW },
    info: { mode: 'local', quoteAsset: 'USDT', dataDir: '~/.aitrader' },
    display,
    earlierTrades: EARLIER_TRADES,
    earlierLogs: [
      { at: NOW - 2_000, level: 'info', source: 'desk', text: 'ready: 5 symbols, 3 traders' },
      { at: NOW - 1_000, level: 'warn', source: 'feed', text: 'OLDUSDT is silent' },
    ],
    notice: () => null,
    offline: () => null,
    commands: NO_COMMANDS,
    ...options,
  });
  const frame = async (): Promise<void> => {
    await clock.advance(100);
  };
  await frame();
  return {
    engine,
    terminal,
    keyboard,
    clock,
    tui,
    press: async (...keys) => {
      for (const key of keys) {
        keyboard.type(key);
        if (key === ESCAPE) await new Promise((resolve) => setTimeout(resolve, ESCAPE_MS));
        await frame();
      }
    },
    text: () => `${terminal.screen().join('\n')}\n`,
  };
}

/** Lets the test use a screen, and closes it. */
export async function onScreen(terms: ScreenTerms, test: (screen: RunningScreen) => Promise<void>): Promise<void> {
  const screen = await runScreen(terms);
  try {
    await test(screen);
  } finally {
    await screen.tui.close();
  }
}
