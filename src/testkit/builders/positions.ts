import type { Fill } from '../../domain/fill.ts';
import { asId } from '../../domain/ids.ts';
import { openPosition } from '../../domain/position/ledger.ts';
import type { ExitPlan, Position, PositionOpening } from '../../domain/position/position.ts';
import { fill } from './fills.ts';

/** No way out but the stop. */
const NO_PLAN: ExitPlan = {
  targets: [],
  trailing: null,
  breakEvenAt: null,
  closeAt: null,
  stopIsDefault: false,
};

/** A position opened by `entry`; BTC against USDT, on futures at leverage 1, unless `fields` say otherwise. */
export function openedPosition(entry: Fill = fill(), fields: Partial<PositionOpening> = {}): Position {
  return openPosition({
    id: asId('0position000000000000001'),
    userId: asId('user'),
    accountId: asId('account'),
    portfolioId: null,
    traderId: null,
    signalId: null,
    base: 'BTC',
    quote: 'USDT',
    futures: entry.market === 'futures' ? { leverage: 1, marginMode: 'isolated', liquidationPrice: null } : null,
    plan: NO_PLAN,
    stopPrice: null,
    initialRisk: null,
    openReason: 'a test wants it',
    fill: entry,
    ...fields,
  });
}
