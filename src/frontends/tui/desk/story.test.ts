import { describe, expect, it } from 'vitest';

import { asId } from '../../../domain/ids.ts';
import type { AuditRecord } from '../../../domain/event.ts';
import { StoryTeller } from './story.ts';

function record(subject: string, change: string, data: object): AuditRecord {
  return { seq: 1, at: 0, userId: asId('user'), subject, subjectId: 'x', change, data: JSON.stringify(data) };
}

const FOUND = record('signal', 'pending', {
  symbol: 'SOLUSDT',
  side: 'long',
  conditions: ['RSI crossed up through 30', 'BTC is strong'],
});
const OPENED = record('position', 'opened', {
  symbol: 'SOLUSDT',
  side: 'long',
  quantity: '0.7',
  lots: [{ price: '140.9' }],
  protection: { stopPrice: '138.5' },
  openReason: 'RSI crossed\u001b[2J up',
});
const CLOSED = record('trade', 'closed', {
  symbol: 'SOLUSDT',
  side: 'long',
  reason: 'target',
  pnl: '1.25',
  pnlPct: '1.1',
});

function textAt(teller: StoryTeller, ms: number): string {
  return teller
    .lineAt(ms)
    .map(({ text }) => text)
    .join('');
}

describe('the story', () => {
  it('tells of signals, positions and trades in words, with their reasons', () => {
    const teller = new StoryTeller();
    expect(textAt(teller, 0)).toBe('');
    teller.hear(FOUND);
    expect(textAt(teller, 0)).toBe('signal SOLUSDT long · RSI crossed up through 30; BTC is strong');
    teller.hear(OPENED);
    expect(textAt(teller, 2_000)).toBe(
      'opened SOLUSDT long · 0.7 at 140.900 · stop 138.500 · RSI crossed\\u001b[2J up',
    );
    teller.hear(CLOSED);
    expect(textAt(teller, 4_000)).toBe('closed SOLUSDT long by target · +1.25 (+1.10%)');
  });

  it('keeps a story long enough to be read, and then tells the weightiest of those that wait', () => {
    const teller = new StoryTeller();
    teller.hear(FOUND);
    textAt(teller, 0);
    teller.hear(CLOSED);
    teller.hear(FOUND);
    expect(textAt(teller, 1_000)).toContain('signal');
    expect(textAt(teller, 1_500)).toContain('closed');
    expect(textAt(teller, 9_000)).toContain('closed');
    expect(textAt(teller, 31_500), 'what is old is no news').toBe('');
  });

  it('leaves out what is for the audit log alone', () => {
    const teller = new StoryTeller();
    teller.hear(record('order', 'sent', {}));
    expect(textAt(teller, 0)).toBe('');
  });
});
