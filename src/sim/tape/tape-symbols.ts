import { Decimal } from '../../domain/decimal.ts';
import { AitraderError } from '../../domain/errors.ts';
import { asId } from '../../domain/ids.ts';
import type { VenueSymbol } from '../../domain/ids.ts';
import type { Instrument, Market } from '../../domain/instrument.ts';
import { MINUTE_MS } from '../../domain/time.ts';
import type { MarketConditions } from '../market/conditions.ts';
import { SymbolConditions } from '../market/conditions.ts';
import { seriesKey } from '../market/chance.ts';
import { Funding } from '../market/funding.ts';
import { SymbolHistory } from '../market/history.ts';
import { simulatedInstrument } from '../market/instruments.ts';
import { gridOf } from '../market/price-grid.ts';
import type { SourceSymbol } from '../market/source.ts';
import { SyntheticDepth } from '../market/synthetic-depth.ts';
import type { CandleSurvey } from './candle-survey.ts';
import type { CaptureSurvey } from './capture-survey.ts';
import { MOST_DECIMALS } from './decimal-text.ts';
import { recordedInstrument } from './exchange-info.ts';
import { TapeBook } from './tape-book.ts';

/** What a tape tells about a symbol, whatever kind of file it comes from. */
export interface TapeFacts {
  readonly symbol: string;
  /** Where it was recorded; null: candles, which may stand for either market. */
  readonly market: Market | null;
  readonly firstPrice: number;
  readonly priceDecimals: number;
  readonly quantityDecimals: number;
  readonly tradesPerSecond: number;
  /** Average size of a trade, base units. */
  readonly tradeQuantity: number;
  readonly dailyVolatility: number;
  readonly hasMark: boolean;
}

/** A symbol of a tape, ready to be played. */
export interface TapeSymbol {
  readonly source: SourceSymbol;
  readonly book: TapeBook;
  readonly history: SymbolHistory;
  readonly funding: Funding;
  /** True when mark prices have to be made: the symbol has futures, and the tape has none. */
  readonly needsMarks: boolean;
}

const USUAL_QUOTE = 'USDT';
const QUOTES = ['USDT', 'USDC', 'FDUSD', 'TUSD', 'BUSD', 'BTC', 'ETH', 'BNB', 'EUR', 'TRY', 'USD'];
const PAIR = new RegExp(`^(.+?)(${QUOTES.join('|')})$`);
/** The least that an order is worth where nothing was recorded, as at Binance; in quotes that are no dollars. */
const SMALLEST_ORDERS: Readonly<Record<string, string>> = { BTC: '0.0001', ETH: '0.001', BNB: '0.01' };
const SMALLEST_ORDER = '5';
/** Volatility of a day where the tape is too short to tell. */
const USUAL_VOLATILITY = 0.04;
/** Quantity decimals beyond the observed: a candle's volume is shared out over many trades. */
const CANDLE_EXTRA_DECIMALS = 2;

/** The symbols of a capture that have prices. */
export function factsOfCapture(survey: CaptureSurvey): TapeFacts[] {
  const seconds = Math.max(1, (survey.lastMs - survey.firstMs) / 1_000);
  return [...survey.symbols.values()].flatMap((symbol) =>
    symbol.market === null || !(symbol.firstPrice > 0)
      ? []
      : [
          {
            ...symbol,
            market: symbol.market,
            tradesPerSecond: Math.min(50, Math.max(0.1, symbol.trades / seconds)),
            tradeQuantity: symbol.trades === 0 ? 0 : symbol.volume / symbol.trades,
            dailyVolatility: USUAL_VOLATILITY,
          },
        ],
  );
}

/** The symbol of a candle file. A name without a quote asset (`btc-perp-1m.csv`) means the one in USDT. */
export function factsOfCandles(survey: CandleSurvey): TapeFacts {
  return {
    ...survey,
    symbol: PAIR.test(survey.symbol) ? survey.symbol : `${survey.symbol}${USUAL_QUOTE}`,
    market: null,
    quantityDecimals: Math.min(MOST_DECIMALS, survey.quantityDecimals + CANDLE_EXTRA_DECIMALS),
    tradesPerSecond: 0.5,
    tradeQuantity: survey.volumePerSecond / 0.5,
    dailyVolatility: Math.min(0.2, Math.max(0.002, survey.dailyVolatility)),
    hasMark: false,
  };
}

/** What two files tell about the same symbol, the earlier one first. */
export function joinFacts(first: TapeFacts, later: TapeFacts, path: string): TapeFacts {
  if (first.market !== later.market) {
    const problem = `${first.symbol} is in another file of the tape too, from another market or as candles`;
    throw new AitraderError('TAPE_UNREADABLE', { path, problem });
  }
  return {
    ...first,
    priceDecimals: Math.max(first.priceDecimals, later.priceDecimals),
    quantityDecimals: Math.max(first.quantityDecimals, later.quantityDecimals),
    hasMark: first.hasMark || later.hasMark,
  };
}

/** The instrument as recorded, or inferred: tick and step from the decimals seen. */
function instrumentOf(facts: TapeFacts, market: Market, entry: unknown): Instrument {
  const recorded = recordedInstrument(entry, facts.firstPrice);
  if (recorded !== null) return recorded;
  const [, base = facts.symbol, quote = USUAL_QUOTE] = PAIR.exec(facts.symbol) ?? [];
  const unit = (decimals: number): string => new Decimal(10).pow(-decimals).toFixed();
  return simulatedInstrument({
    ...{ market, symbol: facts.symbol, base, quote },
    minNotional: SMALLEST_ORDERS[quote] ?? SMALLEST_ORDER,
    ...{ tick: unit(facts.priceDecimals), step: unit(facts.quantityDecimals) },
    ...{ referencePrice: facts.firstPrice, maxLeverage: 75, fundingIntervalHours: 8, listedAt: 0 },
  });
}

/** What all symbols of a tape share. */
export interface TapeSetting {
  readonly seed: number;
  readonly markets: readonly Market[];
  readonly startMs: number;
  readonly conditions: MarketConditions;
  /** exchangeInfo entries by market and symbol. */
  readonly entries: ReadonlyMap<string, unknown>;
}

/** Prepares a symbol; what came before the tape is synthetic and ends at the tape's first price. */
export function tapeSymbol(facts: TapeFacts, setting: TapeSetting): TapeSymbol {
  const { seed, startMs, conditions } = setting;
  const name = facts.symbol;
  const instrument = (market: Market): Instrument | null => {
    if (!(facts.market === null ? setting.markets.includes(market) : facts.market === market)) return null;
    return instrumentOf(facts, market, setting.entries.get(`${market}/${name}`));
  };
  const instruments = { spot: instrument('spot'), futures: instrument('futures') };
  const rules = (instruments.futures ?? instruments.spot)?.rules;
  const prices = gridOf(rules?.tick ?? new Decimal(10).pow(-facts.priceDecimals));
  const quantities = gridOf(rules?.step ?? new Decimal(10).pow(-facts.quantityDecimals));
  const ticks = Math.max(1, Math.round((facts.firstPrice * prices.scale) / prices.stepUnits));
  const tradeLots = Math.max(1, Math.round((facts.tradeQuantity * quantities.scale) / quantities.stepUnits));
  const funding = new Funding(seed, name, instruments.futures?.futures?.fundingIntervalMs ?? 480 * MINUTE_MS);
  const history = new SymbolHistory({
    ...{ seed, name, market: conditions, own: new SymbolConditions(seed, name), prices, quantities },
    behaviour: { ...facts, marketCorrelation: 0.7, tradeLots },
    ...{ endMs: startMs, endTicks: ticks },
  });
  const depth = new SyntheticDepth(seriesKey(seed, `${name}/depth`), {
    ...{ prices, quantities, gapTicks: Math.max(1, Math.round(ticks * 0.00001)), levelLots: tradeLots * 4 },
  });
  const listed = (known: Instrument | null) => (known === null ? null : { ...known, listedAt: history.startMs });
  const decimals = {
    price: Math.max(facts.priceDecimals, prices.decimals),
    quantity: Math.max(facts.quantityDecimals, quantities.decimals),
  };
  return {
    source: {
      symbol: asId<VenueSymbol>(name),
      instruments: { spot: listed(instruments.spot), futures: listed(instruments.futures) },
      ...{ priceDecimals: decimals.price, quantityDecimals: decimals.quantity },
    },
    book: new TapeBook(decimals, depth),
    ...{ history, funding, needsMarks: instruments.futures !== null && !facts.hasMark },
  };
}
