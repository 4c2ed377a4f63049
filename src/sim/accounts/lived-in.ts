import { Decimal } from '../../domain/decimal.ts';
import { floorToStep, roundToTick } from '../../domain/exchange-rules.ts';
import { price as asPrice, quantity as asQuantity } from '../../domain/decimal.ts';
import type { Instrument, Market } from '../../domain/instrument.ts';
import { seededRandom } from '../../lib/random.ts';
import type { Chance } from '../../ports/chance.ts';
import type { SymbolData } from '../data/symbol-data.ts';
import { randomKey } from '../user-data/listen-keys.ts';
import type { Amounts, StartAlgoOrder, StartOrder, StartPosition, StartState } from './start-state.ts';

const HOLDINGS = 3;
const DUSTS = 4;
const POSITIONS = 2;
/** Client ids of orders placed in the venue's own applications begin so. */
const FOREIGN_PREFIXES = ['web_', 'ios_', 'and_'];

/** A symbol on one market, with what is needed to size and price orders. */
interface Place {
  readonly symbol: string;
  readonly instrument: Instrument;
  readonly last: number;
}

function placesOf(symbols: readonly SymbolData[], market: Market): Place[] {
  return symbols.flatMap((data) => {
    const instrument = data.instrument(market);
    return instrument === null || instrument.quote !== 'USDT'
      ? []
      : [{ symbol: data.symbol, instrument, last: data.lastPrice }];
  });
}

/** Draws values of start states; the same seed gives the same account. */
class Drawer {
  readonly #random: Chance;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  between(low: number, high: number): number {
    return low + this.#random.next() * (high - low);
  }

  isTrue(): boolean {
    return this.#random.next() < 0.5;
  }

  take<Item>(items: readonly Item[], count: number): Item[] {
    const left = [...items];
    const taken: Item[] = [];
    while (taken.length < count && left.length > 0) {
      taken.push(...left.splice(Math.floor(this.#random.next() * left.length), 1));
    }
    return taken;
  }

  foreignId(): string {
    const [prefix = 'web_'] = this.take(FOREIGN_PREFIXES, 1);
    return `${prefix}${randomKey(this.#random, 20)}`;
  }

  /** A quantity on the step, worth about so many quote units. */
  quantityWorth({ instrument, last }: Place, worth: number): string {
    const exact = asQuantity(new Decimal(worth).dividedBy(last).toDecimalPlaces(8));
    return floorToStep(exact, instrument.rules).toFixed();
  }

  priceAt({ instrument, last }: Place, factor: number): string {
    return roundToTick(asPrice(new Decimal(last).times(factor)), instrument.rules, 'nearest').toFixed();
  }
}

/** An account with holdings, dust, BNB for fees, orders placed by hand, futures positions with their stops. */
export function drawLivedIn(seed: number, symbols: readonly SymbolData[], cash: Amounts): StartState {
  const drawer = new Drawer(seed);
  const spot = placesOf(symbols, 'spot');
  const held = drawer.take(
    spot.filter(({ instrument }) => instrument.base !== 'BNB'),
    HOLDINGS,
  );
  const dusty = spot.filter((place) => !held.includes(place));
  const holdings = held.map((place) => ({ place, quantity: drawer.quantityWorth(place, drawer.between(800, 3_000)) }));
  const balances: Record<string, string> = { ...cash };
  for (const { place, quantity } of holdings) balances[place.instrument.base] = quantity;
  for (const { instrument } of drawer.take(dusty, DUSTS)) {
    balances[instrument.base] = new Decimal(drawer.between(0.1, 0.9))
      .times(instrument.rules.step)
      .toDecimalPlaces(8)
      .toFixed();
  }
  balances['BNB'] = drawer.between(0.2, 1.5).toFixed(8);
  const positions = drawer.take(placesOf(symbols, 'futures'), POSITIONS).map((place) => drawPosition(drawer, place));
  return {
    spot: { balances, orders: drawSpotOrders(drawer, holdings) },
    futures: {
      balances: { USDT: cash['USDT'] ?? '10000' },
      positions: positions.map(({ position }) => position),
      orders: positions.slice(0, 1).map((drawn) => foreignExit(drawer, drawn)),
      algoOrders: positions.map((drawn) => stopOf(drawer, drawn)),
    },
  };
}

/** Sells of half a holding above the market, placed by hand. */
function drawSpotOrders(drawer: Drawer, holdings: readonly { place: Place; quantity: string }[]): StartOrder[] {
  return holdings.slice(0, 2).map(({ place, quantity }) => ({
    symbol: place.symbol,
    side: 'sell',
    price: drawer.priceAt(place, drawer.between(1.02, 1.04)),
    quantity: floorToStep(asQuantity(new Decimal(quantity).dividedBy(2)), place.instrument.rules).toFixed(),
    clientOrderId: drawer.foreignId(),
    reduceOnly: false,
  }));
}

interface DrawnPosition {
  readonly place: Place;
  readonly isLong: boolean;
  readonly size: string;
  readonly position: StartPosition;
}

function drawPosition(drawer: Drawer, place: Place): DrawnPosition {
  const isLong = drawer.isTrue();
  const size = drawer.quantityWorth(place, drawer.between(400, 1_200));
  const position: StartPosition = {
    symbol: place.symbol,
    quantity: isLong ? size : `-${size}`,
    entryPrice: drawer.priceAt(place, drawer.between(0.98, 1.02)),
    leverage: Math.round(drawer.between(2, 10)),
    marginMode: drawer.isTrue() ? 'cross' : 'isolated',
  };
  return { place, isLong, size, position };
}

/** A stop of the whole position, 3 % away. */
function stopOf(drawer: Drawer, { place, isLong }: DrawnPosition): StartAlgoOrder {
  return {
    symbol: place.symbol,
    side: isLong ? 'sell' : 'buy',
    kind: 'stop',
    triggerPrice: drawer.priceAt(place, isLong ? 0.97 : 1.03),
    quantity: null,
    clientAlgoId: drawer.foreignId(),
  };
}

/** A reduce-only exit placed by hand. */
function foreignExit(drawer: Drawer, { place, isLong, size }: DrawnPosition): StartOrder {
  return {
    symbol: place.symbol,
    side: isLong ? 'sell' : 'buy',
    price: drawer.priceAt(place, isLong ? 1.03 : 0.97),
    quantity: size,
    clientOrderId: drawer.foreignId(),
    reduceOnly: true,
  };
}
