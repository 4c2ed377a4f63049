import { describe, expect, it } from 'vitest';

import type { EngineCommand } from '../../src/domain/command.ts';
import { decimal } from '../../src/domain/decimal.ts';
import { AitraderError } from '../../src/domain/errors.ts';
import { asId } from '../../src/domain/ids.ts';
import { ESCAPE, onScreen as on } from './run-screen.ts';
import type { RunningScreen } from './run-screen.ts';
import { aMarket, aPosition, aSignal, NOW, StagedEngine } from './staged-desk.ts';

const ENTER = '\r';
const CTRL_K = '\u000b';
const CTRL_L = '\u000c';
const DOWN = `${ESCAPE}[B`;
const PAGE_DOWN = `${ESCAPE}[6~`;
const SHIFT_TAB = `${ESCAPE}[Z`;
const BACKSPACE = '\u007f';

/** Pasted text as the terminal sends it. */
const pasted = (text: string): string => `${ESCAPE}[200~${text}${ESCAPE}[201~`;

function chosenRow(screen: RunningScreen): string {
  return screen.terminal.screen().find((row) => row.includes('│› ')) ?? '';
}

function panelInFocus(screen: RunningScreen): string {
  return /\[(\d \w+)\]/.exec(screen.terminal.screen().find((row) => row.includes('1 Markets')) ?? '')?.[1] ?? '';
}

/** The row above the keys. */
function said(screen: RunningScreen): string {
  return screen.terminal.screen().at(-2)?.trim() ?? '';
}

/** Somebody else closes the position. */
const askedAway = (id: string): EngineCommand => ({
  type: 'close_position',
  positionId: asId(id),
  fraction: decimal('1'),
});

const hundredMarkets = (): StagedEngine =>
  new StagedEngine({ markets: Array.from({ length: 100 }, (_, at) => aMarket(`S${at}USDT`, 100 - at)) });

describe('keys that move', () => {
  it('numbers and Tab go to the panels', () =>
    on({}, async (screen) => {
      await screen.press('2');
      expect(panelInFocus(screen)).toBe('2 Traders');
      await screen.press('\t');
      expect(panelInFocus(screen)).toBe('3 Signals');
      await screen.press(SHIFT_TAB, SHIFT_TAB, SHIFT_TAB);
      expect(panelInFocus(screen)).toBe('7 Deploy');
    }));

  it('rows are walked through one by one, by pages and to the ends, and a list longer than the screen scrolls', () =>
    on({ engine: hundredMarkets() }, async (screen) => {
      await screen.press('1', 'j', DOWN);
      expect(chosenRow(screen)).toContain('S2USDT');
      await screen.press('k');
      expect(chosenRow(screen)).toContain('S1USDT');
      await screen.press(PAGE_DOWN);
      expect(chosenRow(screen)).toContain('S17USDT');
      await screen.press('G');
      expect(chosenRow(screen)).toContain('S99USDT');
      await screen.press('j');
      expect(chosenRow(screen)).toContain('S99USDT');
      await screen.press('g', 'k');
      expect(chosenRow(screen)).toContain('S0USDT');
    }));

  it('keys that arrive in one message all count', () =>
    on({ engine: hundredMarkets() }, async (screen) => {
      await screen.press('1', 'jjjj');
      expect(chosenRow(screen)).toContain('S4USDT');
    }));

  it('the chosen row stays the same thing when rows come in above it', () =>
    on({}, async (screen) => {
      await screen.press('3', 'j');
      expect(chosenRow(screen)).toContain('ETHUSDT');
      screen.engine.scripted.putSignal(
        aSignal('s9', 'ADAUSDT', { status: 'pending', reason: 'new' }, { createdAt: NOW }),
      );
      await screen.press('');
      expect(screen.text()).toContain('ADAUSDT');
      expect(chosenRow(screen)).toContain('ETHUSDT');
    }));

  it('find goes from row to row that holds the text, and says when none does', () =>
    on({}, async (screen) => {
      await screen.press('1', '/', 's', 'o', 'x', BACKSPACE, ENTER);
      expect(chosenRow(screen)).toContain('SOLUSDT');
      await screen.press('/', 'z', 'z', ENTER);
      expect(said(screen)).toBe('no row holds "zz"');
      await screen.press('/', 'o', ENTER, 'n');
      expect(chosenRow(screen)).toContain('DOGEUSDT');
      await screen.press('N');
      expect(chosenRow(screen)).toContain('SOLUSDT');
    }));

  it('sorting goes through the columns and can be turned round', () =>
    on({}, async (screen) => {
      const symbols = (): string[] =>
        screen.terminal.screen().flatMap((row) => /^│[› ] (\w+USDT)/.exec(row)?.[1] ?? []);
      await screen.press('1', 's');
      expect(symbols()).toEqual(['BTCUSDT', 'DOGEUSDT', 'ETHUSDT', 'OLDUSDT', 'SOLUSDT']);
      await screen.press('s');
      expect(symbols().slice(-2)).toEqual(['ETHUSDT', 'OLDUSDT']);
      await screen.press('S');
      expect(symbols().at(-1)).toBe('SOLUSDT');
    }));

  it('logs follow the newest line until a row is chosen, and again after G', () =>
    on({}, async (screen) => {
      const fill = async (from: number): Promise<void> => {
        for (let number = from; number < from + 40; number += 1) {
          screen.tui.log({ at: NOW, level: 'info', source: 'test', text: `line ${number}.` });
        }
        await screen.press('');
      };
      await screen.press('6');
      await fill(0);
      expect(screen.text()).toContain('line 39.');
      await screen.press('k');
      await fill(40);
      expect(screen.text()).not.toContain('line 79.');
      await screen.press('G');
      expect(screen.text()).toContain('line 79.');
    }));

  it('the grid gives way to one panel and comes back', () =>
    on({ size: [120, 40] }, async (screen) => {
      expect(screen.text()).toContain('2 Traders');
      await screen.press('+');
      expect(panelInFocus(screen)).toBe('4 Positions');
      await screen.press('+');
      expect(panelInFocus(screen)).toBe('');
    }));
});

describe('keys that act', () => {
  it('pause and resume the chosen trader', () =>
    on({}, async (screen) => {
      await screen.press('2', 'p', 'j', ' ');
      expect(screen.engine.scripted.commands).toEqual([
        { type: 'pause_trader', traderId: 'trader-RSI turn', reason: 'paused by the user' },
        { type: 'resume_trader', traderId: 'trader-Breakout' },
      ]);
      expect(said(screen)).toBe('resumed Breakout');
    }));

  it('approve and reject a signal that was chosen and waits', () =>
    on({}, async (screen) => {
      await screen.press('3', 'j', 'a');
      expect(screen.engine.scripted.commands).toEqual([{ type: 'approve_signal', signalId: 's2' }]);
      await screen.press('x');
      expect(said(screen)).toBe('ETHUSDT long does not wait for a yes: it is approved');
      expect(screen.engine.scripted.commands).toHaveLength(1);
    }));

  it('a signal that came under the cursor by itself is asked about before it is approved', () =>
    on({}, async (screen) => {
      const waiting = {
        status: 'awaiting_approval',
        reason: 'asks',
        since: NOW,
        expiresAt: NOW + 60_000,
      } as const;
      screen.engine.scripted.putSignal(aSignal('s9', 'ADAUSDT', waiting, { createdAt: NOW }));
      await screen.press('3', 'a');
      expect(said(screen)).toBe('open ADAUSDT long for 100.00 USDT, as RSI turn found?');
      await screen.press('y');
      expect(screen.engine.scripted.commands).toEqual([{ type: 'approve_signal', signalId: 's9' }]);
    }));

  it.each([
    ['y', '1'],
    ['2', '0.5'],
    ['4', '0.25'],
  ])('close asks, and %s closes a share of %s', (key, share) =>
    on({}, async (screen) => {
      await screen.press('4', 'c', key);
      const [command] = screen.engine.scripted.commands;
      expect(command).toMatchObject({ type: 'close_position', positionId: 'p1' });
      expect(command?.type === 'close_position' && command.fraction.toFixed()).toBe(share);
    }),
  );

  it.each(['n', ESCAPE, ENTER, ' ', CTRL_K])('any other key (%j) means no', (key) =>
    on({}, async (screen) => {
      await screen.press('4', 'c', key);
      expect(said(screen)).toBe('not done');
      await screen.press('y');
      expect(screen.engine.scripted.commands).toEqual([]);
    }),
  );

  it('an answer that came together with the question was typed before it was seen', () =>
    on({}, async (screen) => {
      await screen.press('4', 'cy');
      expect(said(screen)).toContain('close SOLUSDT long');
      expect(screen.engine.scripted.commands).toEqual([]);
    }));

  it('pasted text is no keys', () =>
    on({}, async (screen) => {
      await screen.press('4', pasted('c'), pasted('y'));
      expect(screen.engine.scripted.commands).toEqual([]);
      expect(screen.terminal.modes.bracketedPaste).toBe(true);
    }));

  it('keys on a page act on what the page shows, and on nothing once that is gone', () =>
    on({}, async (screen) => {
      await screen.press('4', ENTER);
      const newer = aPosition('p9', 'ADAUSDT', { entry: '1', stop: '0.9', minutes: 1 });
      const engine = screen.engine.scripted;
      screen.engine.open(newer);
      await screen.press('c');
      expect(said(screen)).toContain('close SOLUSDT long');
      await screen.press('y');
      expect(engine.commands).toMatchObject([{ positionId: 'p1' }]);
      await screen.press('4', 'g', 'j', ENTER);
      expect(screen.text()).toContain('ETHUSDT short, open');
      await engine.execute(askedAway('p2'));
      await screen.press('');
      expect(screen.text()).toContain('it is not there any more');
      await screen.press('c');
      expect(said(screen)).toBe('it is not there any more');
    }));

  it('c on an order cancels it, when asked; one that has ended is left alone', () =>
    on({}, async (screen) => {
      await screen.press('4', ']', ']', 'c', 'y');
      expect(screen.engine.scripted.commands).toMatchObject([{ type: 'cancel_order' }]);
      await screen.press('c');
      expect(said(screen)).toBe('this order does not work any more');
    }));

  it('P pauses opening at once and asks before it resumes', () =>
    on({}, async (screen) => {
      await screen.press('P');
      expect(screen.text()).toContain('opening PAUSED');
      await screen.press('P');
      expect(said(screen)).toBe('resume opening? It is stopped: paused by the user');
      await screen.press('y');
      expect(screen.text()).toContain('opening on');
    }));

  it('kill asks for y alone; resuming after it asks for the name of the account', () =>
    on({}, async (screen) => {
      await screen.press(CTRL_K);
      expect(screen.text().replaceAll(/\s+/g, ' ')).toContain('close 2 positions worth 4,865.20 USDT?');
      await screen.press('y');
      expect(screen.engine.scripted.commands).toMatchObject([{ type: 'kill', keepPositions: false }]);
      expect(screen.text()).toContain('KILLED');
      await screen.press('P', 'y', ENTER);
      expect(said(screen)).toBe('not done: the name differs');
      await screen.press('P', pasted('main'), ENTER);
      expect(screen.engine.scripted.commands.at(-1)).toEqual({ type: 'resume_opening' });
    }));

  it('what the engine refuses is said with its code and what to do', () =>
    on({ size: [140, 24] }, async (screen) => {
      screen.engine.scripted.refusal = new AitraderError('PRICE_INVALID', { given: 'none \u001b[31m' });
      await screen.press('P');
      expect(said(screen)).toBe('PRICE_INVALID: a price of none \\u001b[31m. Prices are finite and above zero.');
    }));

  it('redrawing mends a screen that something else wrote on', () =>
    on({}, async (screen) => {
      const before = screen.text();
      screen.terminal.write('\u001b[H garbage \u001b[24;1H');
      expect(screen.text()).not.toBe(before);
      await screen.press(CTRL_L);
      expect(screen.text()).toBe(before);
    }));
});
