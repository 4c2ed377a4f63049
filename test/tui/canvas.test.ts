import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Canvas } from '../../src/frontends/tui/canvas.ts';
import { fitLine } from '../../src/frontends/tui/style/text.ts';
import type { Line } from '../../src/frontends/tui/style/line.ts';
import { span } from '../../src/frontends/tui/style/line.ts';
import { makeLook } from '../../src/frontends/tui/style/theme.ts';
import { FakeTerminal } from './terminal.ts';

const WIDTH = 12;
const HEIGHT = 4;
const LOOK = makeLook({ theme: 'tokyo-night', upColor: 'green', color: true, ascii: false, colorDepth: 24 });

/** Few texts and tones, so that spans of one frame often stand in the next one, too: there, or elsewhere. */
const anySpan = fc
  .record({
    text: fc.constantFrom('', 'a', 'b', '12', '13', '日', '本', '│', '100.25'),
    tone: fc.constantFrom('plain', 'up', 'down'),
  })
  .map(({ text, tone }) => span(text, tone));
const anyLine = fc.array(anySpan, { maxLength: 6 }).map((line) => fitLine(line, WIDTH));
const anyFrame = fc.array(anyLine, { minLength: 1, maxLength: HEIGHT });

function onTerminal(): { readonly terminal: FakeTerminal; readonly canvas: Canvas } {
  const terminal = new FakeTerminal(WIDTH, HEIGHT);
  return { terminal, canvas: new Canvas(terminal.asStdout(), LOOK) };
}

/** What the terminal holds when the frame is all that was ever shown. */
function painted(frame: readonly Line[]): readonly string[] {
  const { terminal, canvas } = onTerminal();
  canvas.show(frame);
  return terminal.painted();
}

describe('frames shown one after the other', () => {
  it('leave on the screen what the last one alone would, and never move it', () => {
    fc.assert(
      fc.property(fc.array(anyFrame, { minLength: 2, maxLength: 5 }), (frames) => {
        const { terminal, canvas } = onTerminal();
        for (const frame of frames) {
          canvas.show(frame);
          expect(terminal.painted()).toEqual(painted(frame));
        }
        expect(terminal.scrolls).toBe(0);
      }),
      { numRuns: 500 },
    );
  });

  it('cost only what changed: what stays is not written again', () => {
    const row = (trend: string): Line => [span('BTCUSDT ', 'strong'), span(trend, 'up'), span(' 1h', 'dim')];
    const { terminal, canvas } = onTerminal();
    canvas.show([row('rising'), row('rising')]);
    terminal.output = '';
    canvas.show([row('rising'), row('rising')]);
    expect(terminal.output).toBe('');
    canvas.show([row('rising'), row('fallen')]);
    expect(terminal.output).toContain('fallen');
    expect(terminal.output).not.toMatch(/rising|BTC|1h/);
  });

  it('are written whole once the screen is not to be trusted any more', () => {
    const frame: readonly Line[] = [[span('all of this')]];
    const { terminal, canvas } = onTerminal();
    canvas.show(frame);
    terminal.write('\u001b[Hscribbles\n\n\nbelow');
    canvas.forget();
    canvas.show(frame);
    expect(terminal.painted()).toEqual(painted(frame));
  });
});
