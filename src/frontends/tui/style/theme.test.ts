import { describe, expect, it } from 'vitest';

import { span } from './line.ts';
import type { Tone } from './line.ts';
import { paint } from './paint.ts';
import { makeLook } from './theme.ts';
import type { LookOptions, ThemeName } from './theme.ts';

const OPTIONS: LookOptions = { theme: 'tokyo-night', upColor: 'green', color: true, ascii: false, colorDepth: 24 };

function written(tone: Tone, options: Partial<LookOptions> = {}): string {
  return paint([span('x', tone)], makeLook({ ...OPTIONS, ...options }));
}

describe('a theme', () => {
  it('writes tones in as many colours as the terminal has', () => {
    expect(written('accent')).toBe('\u001b[38;2;122;162;247mx\u001b[0m');
    expect(written('accent', { colorDepth: 8 })).toMatch(/^\u001b\[38;5;\d+mx/);
    expect(written('down', { colorDepth: 4 })).toBe('\u001b[31mx\u001b[0m');
    expect(written('up', { colorDepth: 4 })).toBe('\u001b[32mx\u001b[0m');
    expect(written('accent', { colorDepth: 4 })).toBe('\u001b[34mx\u001b[0m');
  });

  it('swaps the colours of rise and fall where red means up', () => {
    expect(written('up', { upColor: 'red' })).toBe(written('down'));
    expect(written('down', { upColor: 'red' })).toBe(written('up'));
  });

  it.each<Partial<LookOptions>>([{ color: false }, { theme: 'mono' }, { colorDepth: 1 }])(
    'uses weight alone with %o',
    (options) => {
      const tones = Object.keys(makeLook(OPTIONS).begins) as Tone[];
      for (const tone of tones) expect(written(tone, options)).toMatch(/^(\u001b\[[127]m)?x(\u001b\[0m)?$/);
      expect(written('alarm', options)).toBe('\u001b[7mx\u001b[0m');
    },
  );

  it.each<ThemeName>(['tokyo-night', 'light', 'colorblind'])(
    'tells rise and fall apart in %s at every depth',
    (theme) => {
      for (const colorDepth of [4, 8, 24]) {
        expect(written('up', { theme, colorDepth })).not.toBe(written('down', { theme, colorDepth }));
      }
    },
  );

  it('writes neighbours of one tone as one, and nothing unescaped even if a panel forgot to', () => {
    expect(paint([span('a', 'up'), span('b', 'up'), span('c')], makeLook({ ...OPTIONS, theme: 'mono' }))).toBe('abc');
    expect(paint([span('\u001b[2J')], makeLook({ ...OPTIONS, theme: 'mono' }))).toBe('\\u001b[2J');
  });
});
