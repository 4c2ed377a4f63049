import { describe, expect, it } from 'vitest';

import { HEADER_START, headerLine, messageLine, parseHeader } from './header.ts';

const HEADER = { market: 'futures', startedAt: 1, symbols: ['BTCUSDT'], instruments: [{ symbol: 'BTCUSDT' }] } as const;

describe('the header of a tape', () => {
  it('is one line and reads back as it was', () => {
    const line = headerLine(HEADER);
    expect(line.startsWith(HEADER_START)).toBe(true);
    expect(line.indexOf('\n')).toBe(line.length - 1);
    expect(parseHeader(line, 'x')).toEqual({ aitraderTape: 1, ...HEADER });
  });

  it.each([
    ...[
      '{"aitraderTape":2}',
      '{"aitraderTape":1',
      '{"aitraderTape":1,"market":"options","symbols":[],"instruments":[]}',
    ],
    ...['{"aitraderTape":1,"market":"spot","symbols":[1],"instruments":[]}', '{"aitraderTape":1,"market":"spot"}'],
  ])('of another version or form is refused with the file: %s', (line) => {
    expect(() => parseHeader(line, 'a.gz')).toThrow(
      expect.objectContaining({ code: 'TAPE_UNREADABLE', message: expect.stringContaining('a.gz') as string }),
    );
  });

  it('is followed by messages with their time', () => {
    expect(messageLine(1_723_161_253_937_085_768n, '{"stream":"a","data":{}}')).toBe(
      '1723161253937085768 {"stream":"a","data":{}}\n',
    );
  });
});
