import { describe, expect, it } from 'vitest';

import type { TuiDisplay } from '../../src/frontends/tui/options.ts';
import { ESCAPE, MONO_ASCII, runScreen } from './run-screen.ts';
import type { ScreenTerms } from './run-screen.ts';
import { busyDesk, NOW, StagedEngine, tripped } from './staged-desk.ts';

const ENTER = '\r';
const CTRL_K = '\u000b';

/** Screens by name: the keys that lead to each from the one before. */
type Tour = readonly (readonly [string, ...string[]])[];

const FULL_TOUR: Tour = [
  ['markets', '1'],
  ['market details', ENTER],
  ['traders', ESCAPE, '2'],
  ['trader details', ENTER],
  ['signals', ESCAPE, '3'],
  ['signal details', 'G', ENTER],
  ['positions', ESCAPE, '4'],
  ['position details', ENTER],
  ['closed trades', ESCAPE, ']'],
  ['trade details', ENTER],
  ['orders', ESCAPE, ']'],
  ['order details', ENTER],
  ['ai', ESCAPE, '5'],
  ['logs', '6'],
  ['log details', 'k', ENTER],
  ['deploy', ESCAPE, '7'],
  ['help', '?'],
  ['statistics', '$'],
  ['find', ESCAPE, '1', '/', 'e', 't'],
  ['kill', ESCAPE, CTRL_K],
];

/** What differs where all panels are shown at once. */
const GRID_TOUR: Tour = [
  ['signals', '3'],
  ['position details', '4', ENTER],
  ['orders', ESCAPE, ']', ']'],
  ['deploy', '7'],
  ['markets alone', '1', '+'],
];

const COLORED: TuiDisplay = { theme: 'tokyo-night', upColor: 'green', color: true, ascii: false };

const LOOKS: readonly (readonly [string, TuiDisplay])[] = [
  ['unicode', COLORED],
  ['ascii', MONO_ASCII],
];

const SIZES: readonly { readonly size: readonly [number, number]; readonly tour: Tour }[] = [
  { size: [80, 24], tour: FULL_TOUR },
  { size: [120, 40], tour: GRID_TOUR },
  { size: [200, 50], tour: GRID_TOUR },
];

/** One file for a tour: the screens one below the other. */
async function walk(tour: Tour, terms: ScreenTerms): Promise<string> {
  const screen = await runScreen(terms);
  const texts: string[] = [];
  for (const [name, ...keys] of tour) {
    await screen.press(...keys);
    expect(screen.terminal.scrolls, `${name} is no taller than the screen`).toBe(0);
    texts.push(`=== ${name}\n${screen.text()}`);
  }
  await screen.tui.close();
  return texts.join('');
}

describe('the screen with fixed data', () => {
  for (const [look, display] of LOOKS) {
    for (const { size, tour } of SIZES) {
      it(`shows every panel and page at ${size.join('x')} in ${look}`, async () => {
        const text = await walk(tour, { size, display });
        if (display.ascii) expect(text).toMatch(/^[\n\x20-\x7e]*$/);
        await expect(text).toMatchFileSnapshot(`golden/${size.join('x')}-${look}.txt`);
      });
    }
  }

  it.each(LOOKS)('says what is at stake with real money, and what stopped opening, in %s', async (look, display) => {
    const engine = busyDesk({
      money: 'live',
      status: { breaker: tripped('consecutive_losses'), feed: 'reconnecting' },
    });
    const screen = await runScreen({ engine, display, size: [100, 24] });
    const texts = [screen.text()];
    for (const keys of [['c'], [ESCAPE, '3', 'j', 'a'], [ESCAPE, CTRL_K], [ESCAPE, 'P'], [ESCAPE, 'q']]) {
      await screen.press(...keys);
      texts.push(screen.text());
    }
    await screen.tui.close();
    expect(screen.terminal.output).toContain('LIVE REAL MONEY');
    for (const text of texts) expect(text.split('\n')[0]).toMatch(/^ LIVE REAL MONEY . binance . main . futures$/);
    await expect(texts.join('\n')).toMatchFileSnapshot(`golden/live-${look}.txt`);
  });

  it('draws sparklines and the chart of the chosen position from the prices that it saw', async () => {
    const engine = busyDesk();
    let now = NOW;
    const screen = await runScreen({
      engine,
      size: [200, 50],
      options: {
        deskClock: {
          now: () => {
            engine.tick();
            return (now += 10_000);
          },
        },
      },
    });
    for (let frame = 0; frame < 40; frame += 1) await screen.press('');
    const text = screen.text();
    await screen.tui.close();
    await expect(text).toMatchFileSnapshot('golden/charts.txt');
  });

  it('says what to do while there is nothing to show', async () => {
    const notice = (): string => 'loading history 3/20';
    const screen = await runScreen({
      engine: new StagedEngine(),
      size: [120, 30],
      options: { notice, earlierTrades: [], earlierLogs: [] },
    });
    const grid = screen.text();
    await screen.press(']');
    const closed = screen.text();
    await screen.press(']');
    const orders = screen.text();
    await screen.tui.close();
    expect(grid).toContain('loading history 3/20');
    await expect([grid, closed, orders].join('\n')).toMatchFileSnapshot('golden/empty.txt');
  });
});
