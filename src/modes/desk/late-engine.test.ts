import { describe, expect, it } from 'vitest';

import type { AuditRecord } from '../../domain/event.ts';
import type { Account } from '../../domain/account.ts';
import { asId } from '../../domain/ids.ts';
import { marketRow, ScriptedEngine } from '../../testkit/scripted-engine.ts';
import { LateEngine } from './late-engine.ts';

const account: Account = {
  id: asId('account'),
  userId: asId('user'),
  venue: 'binance',
  market: 'spot',
  money: 'paper',
  label: 'main',
};

describe('an engine that comes late', () => {
  it('holds nothing and refuses everything until it is there', async () => {
    const late = new LateEngine({ account, startedAt: 1, traders: [] });
    expect(late.status()).toMatchObject({ money: 'paper', account, feed: 'reconnecting' });
    expect([late.markets(), late.traders(), late.positions(), late.orders(), late.signals(), late.filters()]).toEqual(
      Array.from({ length: 6 }, () => []),
    );
    const result = await late.execute({ type: 'resume_opening' }, account.userId);
    expect(result.ok || result.error.code).toBe('DESK_NOT_OPEN');
    await expect(late.candles({ symbol: asId('BTCUSDT'), timeframe: '5m', limit: 1 })).rejects.toThrow('not open');
  });

  it('is the running one from then on, for those who listened before, too', async () => {
    const late = new LateEngine({ account, startedAt: 1, traders: [] });
    const heard: string[] = [];
    const stop = late.onAudit(({ subject }) => heard.push(subject));
    let tell: (record: AuditRecord) => void = () => undefined;
    const engine = Object.assign(new ScriptedEngine(0, { markets: [marketRow('BTCUSDT', 1)] }), {
      onAudit: (listener: typeof tell) => {
        tell = listener;
        return () => undefined;
      },
    });
    late.attach(engine);
    const { userId } = account;
    const record: AuditRecord = {
      seq: 1,
      at: 0,
      userId,
      subject: 'trade',
      subjectId: 'x',
      change: 'closed',
      data: '{}',
    };
    tell(record);
    stop();
    tell(record);
    expect(heard).toEqual(['trade']);
    expect(late.markets()).toHaveLength(1);
    expect((await late.execute({ type: 'resume_opening' }, account.userId)).ok).toBe(true);
    expect(engine.commands).toHaveLength(1);
  });
});
