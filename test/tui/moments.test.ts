import { describe, expect, it } from 'vitest';

import { AitraderError } from '../../src/domain/errors.ts';
import { ESCAPE, onScreen as on } from './run-screen.ts';
import type { RunningScreen } from './run-screen.ts';
import { busyDesk, NOW, StagedEngine, tripped } from './staged-desk.ts';

const CTRL_C = '\u0003';
const CTRL_K = '\u000b';

/** The row above the keys. */
function said(screen: RunningScreen): string {
  return screen.terminal.screen().at(-2)?.trim() ?? '';
}

/** A closed trade as an audit record holds it. */
function closed(pnl: string, reason: string): object {
  const times = { entryTime: NOW - 60_000, exitTime: NOW };
  const figures = { entryPrice: '1', exitPrice: '1', quantity: '1', pnl, pnlPct: pnl, fees: '0' };
  return {
    id: `t${pnl}`,
    traderId: null,
    symbol: 'BTCUSDT',
    side: 'long',
    ...times,
    ...figures,
    reason,
    conditions: [],
  };
}

describe('leaving', () => {
  it('is done at once while nothing is open', () =>
    on({ engine: new StagedEngine() }, async (screen) => {
      await screen.press('q');
      await expect(screen.tui.ended).resolves.toBe('quit');
    }));

  it('says first who guards what stays open; a second Ctrl+C is a yes', () =>
    on({}, async (screen) => {
      await screen.press(CTRL_C);
      const text = screen.text().replaceAll(/\s+/g, ' ');
      expect(text).toContain('quit with 2 open positions: 1 guarded by stops in the sim account');
      expect(text).toContain('1 guarded by NOBODY once this program has ended?');
      await screen.press(CTRL_C);
      await expect(screen.tui.ended).resolves.toBe('quit');
    }));

  it('offers more with real money: to go on without the screen, or to close everything first', () =>
    on({ engine: busyDesk({ money: 'live' }) }, async (screen) => {
      await screen.press('q', 'h');
      await expect(screen.tui.ended).resolves.toBe('headless');
      expect(screen.engine.scripted.commands).toEqual([]);
    }));

  it('after closing everything comes when nothing is open any more', () =>
    on({ engine: busyDesk({ money: 'live' }) }, async (screen) => {
      await screen.press('q', 'c', '');
      expect(screen.engine.scripted.commands).toMatchObject([
        { type: 'pause_opening' },
        { type: 'close_position', positionId: 'p1' },
        { type: 'close_position', positionId: 'p2' },
      ]);
      await expect(screen.tui.ended).resolves.toBe('quit');
    }));

  it('does not come after closing when a close is refused', () =>
    on({ engine: busyDesk({ money: 'live' }), size: [140, 24] }, async (screen) => {
      await screen.press('q');
      screen.engine.scripted.refusal = new AitraderError('PRICE_INVALID', { given: 'none' });
      await screen.press('c', '');
      expect(said(screen)).toContain('PRICE_INVALID');
      expect(screen.engine.scripted.positions()).toHaveLength(2);
    }));

  it('of a monitor ends nothing, and asks nothing', () =>
    on({ options: { info: { mode: 'monitor', quoteAsset: 'USDT', dataDir: '' } } }, async (screen) => {
      await screen.press('q');
      await expect(screen.tui.ended).resolves.toBe('quit');
    }));

  it('is all that keys can do on a screen too small to show anything', () =>
    on({ size: [50, 10] }, async (screen) => {
      expect(screen.text().trim()).toBe('aitrader needs 60x16, this terminal is 50x10');
      await screen.press(CTRL_K, 'y', 'P');
      expect(screen.engine.scripted.commands).toEqual([]);
      await screen.press('q');
      await expect(screen.tui.ended).resolves.toBe('quit');
    }));
});

describe('without a market', () => {
  const why = 'api.binance.com does not answer: no such host';

  it('the header says OFFLINE, why, and when it is tried again; s asks for the simulated market', () =>
    on({ engine: new StagedEngine(), options: { offline: () => ({ why, nextTryMs: 11_100 }) } }, async (screen) => {
      const [first = '', , ...rest] = screen.terminal.screen();
      expect(first).toContain('OFFLINE');
      expect(rest.slice(0, 2).join(' ').replaceAll(/\s+/g, ' ').trim()).toBe(
        `OFFLINE: ${why} · next try in 12 s · s starts the simulated market`,
      );
      await screen.press('s');
      await expect(screen.tui.ended).resolves.toBe('simulate');
    }));

  it('s sorts while there is one', () =>
    on({}, async (screen) => {
      await screen.press('1', 's');
      expect(screen.text()).toContain('by Symbol');
    }));
});

describe('while nothing happens', () => {
  it('the row above the keys says when the next check is, and what is nearest to its trigger', () =>
    on({ size: [120, 30] }, (screen) => {
      expect(said(screen)).toBe('next check in 41s (RSI turn) · nearest: ADAUSDT RSI 31.4200 (30.0000) (RSI turn)');
      return Promise.resolve();
    }));

  it('a won and a lost trade bring a hint, once', () =>
    on({}, async (screen) => {
      const { engine } = screen;
      const [won, lost] = [closed('1.5', 'target'), closed('-1', 'stop')];
      engine.tell('trade', 'closed', won);
      engine.tell('trade', 'closed', lost);
      await screen.press('');
      expect(screen.text().replaceAll(/\s+/g, ' ')).toContain('Press 4, then ] for Closed, and Enter on a trade');
      await screen.clock.advance(20_000);
      engine.tell('trade', 'closed', won);
      engine.tell('trade', 'closed', lost);
      await screen.press('');
      expect(screen.text()).not.toContain('Press 4');
    }));
});

describe('with real money', () => {
  it('each question says so, with the amount', () =>
    on({ engine: busyDesk({ money: 'live', status: { breaker: tripped('daily_loss') } }) }, async (screen) => {
      const question = (): string => screen.text().replaceAll(/\s+/g, ' ');
      await screen.press('c');
      expect(question()).toContain('LIVE REAL MONEY: close SOLUSDT long, worth 284.70 USDT');
      await screen.press(ESCAPE, '3', 'j', 'a');
      expect(question()).toContain('LIVE REAL MONEY: open ETHUSDT long for 100.00 USDT');
      await screen.press(ESCAPE, CTRL_K);
      expect(question()).toContain('LIVE REAL MONEY: KILL: stop opening');
      await screen.press(ESCAPE, 'P');
      expect(question()).toContain('LIVE REAL MONEY: resume opening?');
      await screen.press(ESCAPE, 'q');
      expect(question()).toContain('LIVE REAL MONEY: quit with 2 open positions: 1 guarded by stops at the exchange');
      expect(screen.engine.scripted.commands).toEqual([]);
    }));
});
