import { createSystemClock } from '../../src/adapters/clock/system/clock.ts';
import { startTui } from '../../src/frontends/tui/start.ts';
import { NO_COMMANDS } from './run-screen.ts';
import { busyDesk, NOW } from './staged-desk.ts';
import { FakeKeyboard } from './terminal.ts';

const terminal = { isTTY: true, columns: 80, rows: 24, getColorDepth: () => 1 };

/** Shows the screen and lets the program fail a moment later; its stdout is a pipe that passes for a terminal. */
export function failBehindScreen(): void {
  startTui({
    engine: busyDesk(),
    stdout: Object.assign(process.stdout, terminal),
    stdin: new FakeKeyboard().asStdin(),
    clock: createSystemClock(),
    deskClock: { now: () => NOW },
    info: { mode: 'local', quoteAsset: 'USDT', dataDir: '~/.aitrader' },
    display: { theme: 'mono', upColor: 'green', color: false, ascii: true },
    earlierTrades: [],
    earlierLogs: [],
    notice: () => null,
    offline: () => null,
    commands: NO_COMMANDS,
  });
  setTimeout(() => {
    throw new Error('the desk is on fire');
  }, 50);
}
