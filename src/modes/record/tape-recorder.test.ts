import { describe, expect, it } from 'vitest';

import { createFakeClock } from '../../testkit/fake-clock.ts';
import { TapeRecorder } from './tape-recorder.ts';

const trade = (id: number, time: number, symbol = 'BTCUSDT'): string =>
  `{"e":"aggTrade","E":${time},"s":"${symbol}","a":${id}}`;

function recorded(messages: readonly string[]): { readonly lines: string[]; readonly doubled: number } {
  const lines: string[] = [];
  const recorder = new TapeRecorder(createFakeClock(1_723_161_253_937), (line) => lines.push(line));
  for (const message of messages) {
    const bytes = Buffer.from(`before ${message} after`);
    recorder.received(bytes, 7, bytes.length - 6);
  }
  return { lines, doubled: recorder.doubled };
}

describe('a tape recorder', () => {
  it('writes the time of receipt before the message', () => {
    expect(recorded([trade(1, 5)]).lines).toEqual([
      `1723161253937000000 {"stream":"btcusdt@aggTrade","data":${trade(1, 5)}}\n`,
    ]);
  });

  it('leaves out trades that came over two connections, of each symbol for itself', () => {
    const messages = [trade(1, 5), trade(2, 6), trade(1, 5), trade(2, 6), trade(2, 6, 'ETHUSDT'), trade(3, 6)];
    const { lines, doubled } = recorded(messages);
    expect(lines).toHaveLength(4);
    expect(doubled).toBe(2);
  });

  it('goes on with ids that began anew', () => {
    expect(recorded([trade(900, 5), trade(1, 6), trade(2, 7)])).toMatchObject({ doubled: 0 });
  });

  it('writes nothing of what belongs to no stream', () => {
    expect(recorded(['{"result":null,"id":1}']).lines).toEqual([]);
  });
});
