import { Decimal } from '../src/domain/decimal.ts';
import type { Money, Price, Quantity } from '../src/domain/decimal.ts';
import { asId } from '../src/domain/ids.ts';
import type { VenueSymbol } from '../src/domain/ids.ts';
import type { Instrument, Market } from '../src/domain/instrument.ts';
import { BarMatcher } from '../src/matching/bar/bar-matcher.ts';
import type { BarColumns } from '../src/matching/bar/bar-types.ts';
import type { OrderRequest } from '../src/matching/venue-types.ts';
import { Venue } from '../src/matching/venue.ts';
import type { BenchRow } from './harness.ts';
import { contest } from './harness.ts';

const ORDERS = 20_000;
/** How many orders work at once: each is cancelled when so many have come after it. */
const WORKING = 1_000;
const BARS = 1_000_000;
const UNIT = 100_000_000n;
const ACCOUNTS = ['a', 'b', 'c', 'd'] as const;

function instrument(market: Market): Instrument {
  const free = { min: null, max: null };
  return {
    venue: 'bench',
    market,
    symbol: asId<VenueSymbol>('BTCUSDT'),
    base: 'BTC',
    quote: 'USDT',
    status: 'trading',
    rules: {
      tick: new Decimal('0.01') as Price,
      price: free,
      step: new Decimal('0.001') as Quantity,
      quantity: free,
      marketStep: null,
      marketQuantity: free,
      notional: { min: new Decimal(5) as Money, max: null },
      notionalAppliesToMarket: { min: true, max: false },
      percentPrice: null,
      trailingDelta: null,
      maxOrders: null,
      maxAlgoOrders: null,
    },
    futures:
      market === 'spot'
        ? null
        : { kind: 'perpetual', marginAsset: 'USDT', leverageBrackets: [], fundingIntervalMs: 8 * 3_600_000 },
    listedAt: null,
  };
}

/** A linear congruential generator (Numerical Recipes): the same orders in every run. */
function seeded(): () => number {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Limit orders of four accounts within half a percent of 1000.00; about one in ten meets another at once. */
function orderFlow(): OrderRequest[] {
  const random = seeded();
  return Array.from({ length: ORDERS }, (_, index) => {
    const isBuy = random() < 0.5;
    const offset = Math.floor(random() * 50) - 5;
    const cents = 100_000 + (isBuy ? -offset : offset);
    return {
      accountId: ACCOUNTS[Math.floor(random() * ACCOUNTS.length)] ?? 'a',
      symbol: 'BTCUSDT',
      clientOrderId: Buffer.from(`order-${index}`).toString(),
      side: isBuy ? 'buy' : 'sell',
      size: { type: 'quantity', quantity: BigInt(10 + Math.floor(random() * 100)) * 100_000n },
      execution: { type: 'limit', price: BigInt(cents) * 1_000_000n, timeInForce: 'GTC', postOnly: false },
      trigger: null,
      positionSide: 'both',
      reduceOnly: false,
      selfTradePrevention: 'none',
    };
  });
}

function fundedVenue(market: Market): Venue {
  const venue = new Venue({ market, startMs: 0, onEvent: () => undefined });
  venue.list({ instrument: instrument(market) });
  for (const account of ACCOUNTS) {
    venue.openAccount(account, { makerRate: 10_000n, takerRate: 50_000n, feeToken: null });
    for (const asset of ['USDT', 'BTC']) venue.deposit(account, asset, 1_000_000_000n * UNIT);
  }
  if (market === 'futures') venue.mark('BTCUSDT', 1000);
  return venue;
}

/** Places every order and cancels it when WORKING others have come after; in the end the book is empty again. */
function tradeAll(venue: Venue, flow: readonly OrderRequest[]): void {
  for (let index = 0; index < flow.length + WORKING; index += 1) {
    const coming = flow[index];
    const going = flow[index - WORKING];
    if (coming !== undefined) venue.placeOrder(coming);
    if (going === undefined) continue;
    const { accountId, symbol, clientOrderId } = going;
    venue.cancelOrder({ accountId, symbol, id: { clientOrderId } });
  }
}

/** The least that any venue must do with these orders: know each by its id, and hold it at its price. */
function keepAll(flow: readonly OrderRequest[]): number {
  const byId = new Map<string, OrderRequest>();
  const byPrice = new Map<bigint, Set<OrderRequest>>();
  for (let index = 0; index < flow.length + WORKING; index += 1) {
    const coming = flow[index];
    const going = flow[index - WORKING];
    if (coming?.execution.type === 'limit') {
      byId.set(coming.clientOrderId, coming);
      const level = byPrice.get(coming.execution.price) ?? new Set();
      byPrice.set(coming.execution.price, level.add(coming));
    }
    if (going?.execution.type === 'limit') {
      byId.delete(going.clientOrderId);
      byPrice.get(going.execution.price)?.delete(going);
    }
  }
  return byId.size;
}

function randomBars(): BarColumns {
  const random = seeded();
  const column = (): Float64Array => new Float64Array(BARS);
  const bars = { time: column(), open: column(), high: column(), low: column(), close: column() };
  let cents = 100_000;
  for (let index = 0; index < BARS; index += 1) {
    const move = Math.floor(random() * 101) - 50;
    bars.time[index] = index * 60_000;
    bars.open[index] = cents / 100;
    bars.high[index] = (Math.max(cents, cents + move) + 20) / 100;
    bars.low[index] = (Math.min(cents, cents + move) - 20) / 100;
    cents += move;
    bars.close[index] = cents / 100;
  }
  return bars;
}

function walkBars(columns: BarColumns): number {
  const matcher = new BarMatcher(
    {
      market: 'spot',
      balance: new Decimal(10_000) as Money,
      leverage: 1,
      feeBps: new Decimal(10),
      slippageBps: new Decimal(0),
      maxPositions: null,
      onEvent: () => undefined,
    },
    [{ instrument: instrument('spot'), columns }],
  );
  while (matcher.next());
  return matcher.time;
}

function readBars({ time, high, low }: BarColumns): number {
  let touched = 0;
  for (let index = 0; index < time.length; index += 1) {
    if ((low[index] as number) <= 0 || (high[index] as number) >= 1e9) touched += 1;
  }
  return touched;
}

/** Order operations of the book matcher on both markets, and bars of the bar matcher while nothing is open. */
export async function benchMatching(): Promise<BenchRow[]> {
  const flow = orderFlow();
  const [spot, futures] = [fundedVenue('spot'), fundedVenue('futures')];
  const columns = randomBars();
  const orders = {
    things: 'order operations',
    count: 2 * ORDERS,
    references: { 'maps of the same orders': () => keepAll(flow) },
  };
  return [
    contest({ name: 'book matcher, spot', ours: () => tradeAll(spot, flow), ...orders }),
    contest({ name: 'book matcher, futures', ours: () => tradeAll(futures, flow), ...orders }),
    contest({
      name: 'bar matcher, no orders',
      things: 'bars',
      count: BARS,
      ours: () => walkBars(columns),
      references: { 'bare loop over the columns': () => readBars(columns) },
    }),
  ];
}
