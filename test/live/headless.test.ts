/** Real money at a terminal: the program that is to keep running headless outlives the terminal. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { emptyFolder } from '../cli/run-program.ts';
import { HAS_TMUX, Seat } from '../tui/tmux.ts';
import { LiveExchange } from './live-exchange.ts';
import { LiveDesk, until } from './live-program.ts';

/** A start takes a second; on a busy machine many. */
const PATIENCE_MS = 300_000;

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe.skipIf(!HAS_TMUX)('real money at a terminal (needs tmux)', { timeout: PATIENCE_MS }, () => {
  it('goes on guarding its positions when the terminal is closed after "keep running headless", until it is stopped', async () => {
    const exchange = await LiveExchange.open();
    const dataDir = join(emptyFolder(), 'd');
    const desk = new LiveDesk(dataDir);
    const seat = await Seat.take({ size: [120, 40], args: [], dataDir, env: exchange.environment('futures') });
    try {
      await seat.sees(/Type "main" to trade/);
      await seat.press('main', 'Enter');
      await seat.sees(/LIVE REAL MONEY .*main/);
      await until('it answers', async () => (await desk.ask('status')) !== undefined);
      await desk.open('AAAUSDT');
      const { pid } = (await desk.ask('status')) as { readonly pid: number };
      await seat.sees(/Positions \[Open 1\]/);
      await seat.press('q');
      await seat.sees(/h keep running headless/);
      await seat.press('h');
      const left = await seat.sees(/goes on without the screen/);
      expect(left.replaceAll('\n', '')).toMatch(new RegExp(`aitrader stop --data-dir .*kill ${pid}`));
      await seat.leave();
      exchange.setPrice('AAAUSDT', 97.5);
      await until('its stop was hit and booked', async () => ((await desk.ask('positions')) as unknown[]).length === 0);
      expect(await desk.ask('trades')).toMatchObject([{ symbol: 'AAAUSDT', reason: 'stop' }]);
      await desk.ask('stop');
      await until('it has ended', async () => !isAlive(pid));
    } finally {
      await seat.leave();
      await exchange.close();
    }
  });
});
