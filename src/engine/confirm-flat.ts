import { isLeftAlone } from '../domain/position/protection.ts';
import type { AccountSnapshot } from '../ports/broker.ts';
import type { EngineContext } from './context.ts';
import { isOver } from './execution/questions.ts';
import type { RiskDesk } from './risk-desk.ts';

/** How many orders and positions of others are named one by one. */
const MOST_NAMED = 10;

/** After a kill: tells once that the venue, too, has nothing of ours any more, and what of others stays. */
export function confirmFlat({ books }: EngineContext, risk: RiskDesk, snapshot: AccountSnapshot): void {
  if (!risk.awaitsFlat) return;
  const { positions, ownOrders, foreignOrders } = snapshot;
  const kept = new Set([...books.positions.values()].filter(isLeftAlone).map(({ symbol }) => symbol));
  const isFlat = books.positions.size === kept.size && positions.every(({ symbol }) => kept.has(symbol));
  const isQuiet = ownOrders.length === 0 && [...books.orders.values()].every(isOver);
  if (!isFlat || !isQuiet) return;
  const left = [
    ...positions.map(({ symbol, side, quantity }) => `${symbol} ${side} ${quantity.toFixed()}`),
    ...foreignOrders.map(
      ({ symbol, side, quantity, terms }) => `${symbol} ${terms.type} ${side} ${quantity.toFixed()}`,
    ),
  ];
  const more = left.length > MOST_NAMED ? [`${left.length - MOST_NAMED} more`] : [];
  risk.flatConfirmed([...left.slice(0, MOST_NAMED), ...more]);
}
