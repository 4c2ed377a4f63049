import { Decimal, readPrice } from '../domain/decimal.ts';
import type { Money, Price } from '../domain/decimal.ts';
import type { Fill } from '../domain/fill.ts';
import { asId } from '../domain/ids.ts';
import type { PositionId, VenueOrderId } from '../domain/ids.ts';
import type { Instrument } from '../domain/instrument.ts';
import { parseClientOrderId } from '../domain/order/client-order-id.ts';
import type { ExitPlan, Position, PositionOpening } from '../domain/position/position.ts';
import type { OwnWorkingOrder, VenuePosition } from '../ports/broker.ts';
import { lastPrice } from './context.ts';
import type { EngineContext } from './context.ts';
import { stopFrom } from './positions/stop-price.ts';

const NO_PLAN: ExitPlan = { targets: [], trailing: null, breakEvenAt: null, closeAt: null, stopIsDefault: true };

/**
 * A futures position that stands at the venue and in no book, as it is taken into the books. A stop of ours that works for
 * it says which position it was: it goes on under that name, guarded by that stop.
 * @param stop where its stop is to stand, null to leave it alone
 */
export function importedOpening(
  { settings, ids, clock }: EngineContext,
  { atVenue, instrument }: { readonly atVenue: VenuePosition; readonly instrument: Instrument },
  { name, stopPrice }: { readonly name: PositionId | null; readonly stopPrice: Price | null },
): PositionOpening {
  const { entryPrice, leverage, marginMode, liquidationPrice } = atVenue;
  return {
    id: name ?? asId<PositionId>(ids.next()),
    userId: settings.userId,
    accountId: settings.accountId,
    portfolioId: null,
    traderId: null,
    signalId: null,
    base: instrument.base,
    quote: instrument.quote,
    futures: { leverage, marginMode, liquidationPrice },
    plan: NO_PLAN,
    initialRisk: null,
    openReason: 'found at the exchange',
    fill: foundUnits(atVenue, { quantity: atVenue.quantity, price: entryPrice, at: clock.now() }),
    stopPrice,
  };
}

/** Units of a position at the venue as if they had been filled: no fill that is known has brought them. */
export function foundUnits(
  { market, symbol, side }: Pick<VenuePosition, 'market' | 'symbol' | 'side'>,
  { quantity, price, at }: Pick<Fill, 'quantity' | 'price'> & { readonly at: number },
): Fill {
  return {
    ...{ market, symbol, quantity, price },
    venueTradeId: `found-${at}`,
    venueOrderId: asId<VenueOrderId>('found'),
    orderId: null,
    side: side === 'long' ? 'buy' : 'sell',
    fee: { asset: 'none', amount: new Decimal(0), rate: new Decimal(0), value: new Decimal(0) as Money },
    liquidity: 'taker',
    time: at,
  };
}

/** The stop of ours that works for a position that is in no book: of several the one that was sent last. */
export function stopLeftFor(
  { books }: EngineContext,
  { symbol, side }: VenuePosition,
  ownOrders: readonly OwnWorkingOrder[],
): { readonly name: PositionId; readonly stopPrice: Price } | null {
  const closing = side === 'long' ? 'sell' : 'buy';
  const known = new Set<string>([...books.orders.values()].map(({ clientOrderId }) => clientOrderId));
  const stops = ownOrders.flatMap(({ symbol: of, side: closes, terms, clientOrderId }) => {
    const named = parseClientOrderId(clientOrderId);
    const isStop = of === symbol && closes === closing && terms.type === 'stop_market' && !known.has(clientOrderId);
    if (!isStop || named?.leg !== 'stop') return [];
    return [{ name: named.subject as PositionId, number: named.number, stopPrice: terms.triggerPrice }];
  });
  return stops.toSorted((a, b) => b.number - a.number)[0] ?? null;
}

/**
 * Where the stop of a position belongs that somebody else has opened: at the configured distance from the price of now, as
 * one at that distance from its entry may have been passed long ago.
 * @param otherwise the price to count from while the market says none
 */
export function stopFromHere(
  context: EngineContext,
  { symbol, side }: Pick<Position, 'symbol' | 'side'>,
  { instrument, otherwise }: { readonly instrument: Instrument; readonly otherwise: Price },
): Price {
  const from = readPrice(lastPrice(context, symbol)) ?? otherwise;
  const atr = readPrice(context.atr(symbol, null));
  return stopFrom({ from, side }, context.settings.defaultStop, { rules: instrument.rules, atr });
}

/** The price of now by the venue's own reckoning of the profit. */
export function priceAtVenue({ side, quantity, entryPrice, unrealizedPnl }: VenuePosition): Price {
  const move = unrealizedPnl.dividedBy(quantity);
  const price = side === 'long' ? entryPrice.plus(move) : entryPrice.minus(move);
  return readPrice(price.toNumber()) ?? entryPrice;
}
