import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { asId } from '../../src/domain/ids.ts';
import { Session } from '../../src/frontends/tui/session.ts';
import { lineWidth } from '../../src/frontends/tui/style/text.ts';
import { paint } from '../../src/frontends/tui/style/paint.ts';
import { makeLook } from '../../src/frontends/tui/style/theme.ts';
import { createFakeClock } from '../../src/testkit/fake-clock.ts';
import { aMarket, aPosition, aSignal, aTrader, NOW, StagedEngine } from './staged-desk.ts';

/** Text that wants out: escape sequences, bidi overrides, marks, wide characters, line breaks. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.constantFrom(
    '\u001b[2J\u001b[H',
    '\u202egnp.exe',
    'line\nbreak\r',
    '\u0007bell',
    'e\u0301\u0301',
    '日本語',
    '👨‍👩‍👧',
    '\u009b31m',
  ),
);

/** Keys to every list and every page of details. */
const TOUR = ['1', '2', '3', '4', ']', ']', '5', '6', 'k', '7'].flatMap((key) => [key, 'Enter', 'Esc']);

/** Keys to anywhere. */
const anyKeys = fc.array(
  fc.constantFrom(
    '1',
    '2',
    '3',
    '4',
    '5',
    '6',
    '7',
    'j',
    'k',
    'G',
    ']',
    'Enter',
    'Esc',
    '+',
    '?',
    '$',
    's',
    'c',
    'a',
    'P',
    '/',
  ),
  { maxLength: 12 },
);

const plain = makeLook({ theme: 'mono', upColor: 'green', color: false, ascii: false, colorDepth: 1 });
const ascii = makeLook({ theme: 'mono', upColor: 'green', color: false, ascii: true, colorDepth: 1 });

/** A desk all of whose words from outside are these; only a trader without a fault tells how near it is. */
function deskOf(text: string, isFaulty: boolean): StagedEngine {
  const trader = aTrader(text, isFaulty ? { status: 'paused', reason: text } : { status: 'running' }, {
    id: asId('trader'),
    params: { [text]: text },
  });
  return new StagedEngine({
    markets: [aMarket('BTCUSDT', 64_000)],
    traders: [trader],
    funnels: {
      trader: {
        lastRefusal: isFaulty ? text : null,
        lastFault: isFaulty ? { code: 'threw', message: text, line: 1, column: 1 } : null,
        nearestMiss: { symbol: asId('BTCUSDT'), plots: [{ name: text, value: NaN, level: 1e300 }] },
      },
    },
    signals: [
      aSignal(
        's',
        'BTCUSDT',
        { status: 'rejected', code: text, reason: text, at: NOW },
        {
          traderId: asId('trader'),
          conditions: [text, text],
          plots: [{ name: text, value: 1e-12, level: null }],
        },
      ),
    ],
    positions: [{ ...aPosition('p', 'BTCUSDT', { entry: '64000', stop: '63000' }), openReason: text }],
  });
}

describe('whatever text comes from outside, and wherever the keys lead', () => {
  it('no control or bidi character reaches the terminal, and every row keeps its width', () => {
    const size = fc.record({ width: fc.integer({ min: 1, max: 210 }), height: fc.integer({ min: 1, max: 60 }) });
    fc.assert(
      fc.property(anyText, anyKeys, size, (text, keys, { width, height }) => {
        const engine = deskOf(text, keys.length % 2 === 0);
        const session = new Session(
          {
            engine,
            clock: createFakeClock(NOW),
            deskClock: { now: () => NOW },
            info: { mode: 'local', quoteAsset: 'USDT', dataDir: text },
            earlierTrades: [],
            earlierLogs: [{ at: NOW, level: 'info', source: text, text }],
            notice: () => text,
            offline: () => (keys.length % 3 === 0 ? { why: text, nextTryMs: 4_000 } : null),
            commands: { read: () => Promise.reject(new Error(text)), complete: () => Promise.resolve([text, text]) },
          },
          { leave: () => undefined, redraw: () => undefined },
        );
        engine.tell('signal', 'pending', { symbol: 'BTCUSDT', side: 'long', conditions: [text] });
        session.draw({ width, height });
        session.press(['/']);
        session.paste(text);
        session.press(['Enter']);
        for (const key of [...TOUR, ...keys]) {
          session.press([key]);
          const lines = session.draw({ width, height });
          expect(lines.length).toBeLessThanOrEqual(height);
          for (const line of lines) {
            expect(lineWidth(line)).toBe(width);
            expect(line.map((each) => each.text).join('')).not.toMatch(
              /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/u,
            );
            expect(paint(line, ascii).replaceAll(/\u001b\[[\d;]*m/g, '')).toMatch(/^[\x20-\x7e]*$/);
            expect(paint(line, plain).replaceAll(/\u001b\[[\d;]*m/g, '')).toBe(line.map((each) => each.text).join(''));
          }
        }
      }),
      { numRuns: 100 },
    );
  });
});
