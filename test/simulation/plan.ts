import { Decimal, money } from '../../src/domain/decimal.ts';
import type { Exits } from '../../src/domain/exits.ts';
import type { Market } from '../../src/domain/instrument.ts';
import { parseLevel } from '../../src/domain/levels.ts';
import type { RiskLimits } from '../../src/domain/risk.ts';
import type { SizeRule } from '../../src/domain/trader.ts';
import { MINUTE_MS } from '../../src/domain/time.ts';
import type { StartOrder, StartState } from '../../src/sim/accounts/start-state.ts';
import type { FaultRates } from '../../src/sim/faults/fault.ts';
import type { Draw } from './draw.ts';
import type { NetworkTerms } from './network.ts';
import type { RoughSymbol } from './rough-market.ts';
import { startTime } from './rough-market.ts';
import { drawStrains } from './strains.ts';
import type { Strain } from './strains.ts';

/** A trader as it is at work. */
export interface PlannedTrader {
  readonly exits: Exits;
  readonly size: SizeRule;
  readonly reverse: boolean;
  readonly maxPositions: number | null;
}

/** Everything about an episode that is settled before it begins. */
export interface Plan {
  readonly market: Market;
  readonly startMs: number;
  readonly endMs: number;
  readonly symbols: readonly RoughSymbol[];
  /** What the program trades. */
  readonly traded: readonly string[];
  /** A symbol that only the user's hand trades. */
  readonly byHand: string;
  readonly start: StartState;
  /** What the program's clock is ahead of the exchange's. */
  readonly aheadMs: number;
  readonly network: NetworkTerms;
  readonly rates: FaultRates;
  readonly commitMs: number;
  readonly limits: RiskLimits;
  readonly traders: readonly PlannedTrader[];
  readonly importedPositions: 'watch' | 'stop';
  /** 1 on spot. */
  readonly leverage: number;
  readonly strains: ReadonlySet<Strain>;
  /** Milliseconds between two things that happen. */
  readonly pace: number;
}

const NO_RATES: FaultRates = {
  ...{ drop: 0, delay: 0, double: 0, reorder: 0 },
  ...{ errorBefore: 0, errorAfter: 0, loseAnswer: 0 },
};

const CASH = '20000';

function drawSymbols(draw: Draw): RoughSymbol[] {
  const roughness = draw.pick([0.0004, 0.001, 0.002]);
  const jumps = draw.pick([0, 0.005, 0.02]);
  const trading = { everyMs: draw.pick([2_000, 5_000]), roughness, jumps };
  return [
    { base: 'AAA', price: 100, priceDecimals: 2, quantityDecimals: 3, ...trading },
    { base: 'BBB', price: 2_500, priceDecimals: 1, quantityDecimals: 4, ...trading },
    { base: 'CCC', price: 0.4, priceDecimals: 5, quantityDecimals: 0, ...trading },
    { base: 'DDD', price: 20, priceDecimals: 3, quantityDecimals: 1, ...trading, everyMs: 7_000, roughness: 0.0005 },
    { base: 'BNB', price: 500, priceDecimals: 2, quantityDecimals: 3, everyMs: 15_000, roughness: 0.0002, jumps: 0 },
  ];
}

/** An account that looks lived in: holdings, dust, fees in BNB at times, orders and a position by hand. */
function drawStart(draw: Draw, { market, symbols, strains }: Pick<Plan, 'market' | 'symbols' | 'strains'>): StartState {
  const balances: Record<string, string> = { USDT: CASH };
  const isToBeHedged = strains.has('hedge_mode');
  const orders: StartOrder[] = [];
  for (const { base, price, quantityDecimals, priceDecimals } of symbols) {
    if (base === 'BNB') {
      if (draw.isTrue(0.4)) balances['BNB'] = draw.between(0.002, 2).toFixed(8);
      continue;
    }
    const kind = draw.pick(['none', 'dust', 'held', 'held'] as const);
    if (kind === 'dust') balances[base] = (draw.between(0.1, 0.9) * 10 ** -quantityDecimals).toFixed(8);
    if (kind !== 'held') continue;
    const units = (draw.between(200, 2_000) / price).toFixed(quantityDecimals);
    balances[base] = units;
    if (!draw.isTrue(0.5)) continue;
    orders.push({
      symbol: `${base}USDT`,
      side: 'sell',
      price: (price * draw.between(1.01, 1.08)).toFixed(priceDecimals),
      quantity: (Number(units) / 2).toFixed(quantityDecimals),
      clientOrderId: `web_${base}${draw.whole(1, 9_999)}`,
      reduceOnly: false,
    });
  }
  const spot = market === 'spot' ? { balances, orders } : { balances: {}, orders: [] };
  const hand = { symbol: 'DDDUSDT', quantity: draw.isTrue(0.5) ? '25' : '-25', entryPrice: '20' } as const;
  // Hedge mode is for empty accounts.
  const hasHand = market === 'futures' && draw.isTrue(isToBeHedged ? 0 : 0.5);
  const found = { symbol: 'AAAUSDT', quantity: draw.isTrue(0.5) ? '3' : '-3', entryPrice: '100' } as const;
  const isFound = market === 'futures' && strains.has('found') && draw.isTrue(isToBeHedged ? 0 : 0.6);
  return {
    spot,
    futures: {
      balances: market === 'futures' ? { USDT: CASH } : {},
      positions: [...(hasHand ? [hand] : []), ...(isFound ? [found] : [])].map((position) => {
        return { ...position, leverage: 5, marginMode: 'isolated' } as const;
      }),
      orders: [],
      algoOrders: hasHand
        ? [
            {
              ...{ symbol: 'DDDUSDT', kind: 'stop', quantity: null, clientAlgoId: 'web_stop' },
              side: hand.quantity === '25' ? 'sell' : 'buy',
              triggerPrice: hand.quantity === '25' ? '14' : '26',
            },
          ]
        : [],
    },
  };
}

function drawRates(draw: Draw): FaultRates {
  if (draw.isTrue(0.3)) return NO_RATES;
  const rate = (most: number): number => (draw.isTrue(0.4) ? draw.between(0, most) : 0);
  return {
    ...{ drop: rate(0.15), delay: rate(0.3), double: rate(0.3), reorder: rate(0.2) },
    ...{ errorBefore: rate(0.1), errorAfter: rate(0.1), loseAnswer: rate(0.1) },
  };
}

function drawNetwork(draw: Draw): NetworkTerms {
  const minMs = draw.between(1, 40);
  const chance = (most: number): number => (draw.isTrue(0.3) ? draw.between(0, most) : 0);
  return {
    ...{ minMs, maxMs: minMs + draw.pick([0, 5, 60, 400]), downUntil: 0 },
    ...{ lostBefore: chance(0.08), lostAfter: chance(0.08), stuck: chance(0.03), late: chance(0.05) },
  };
}

function drawExits(draw: Draw): Exits {
  return {
    stopLoss: parseLevel(draw.pick(['0.6%', '1.5%', '4%'])),
    takeProfit: draw.isTrue(0.4) ? [{ at: parseLevel(draw.pick(['0.5r', '1.5r'])), part: null }] : [],
    trailing: draw.isTrue(0.4) ? parseLevel(draw.pick(['0.5%', '2%'])) : null,
    breakEven: draw.isTrue(0.3) ? parseLevel('0.7r') : null,
    maxHoldMs: draw.isTrue(0.3) ? draw.whole(1, 6) * MINUTE_MS : null,
  };
}

function drawTrader(draw: Draw): PlannedTrader {
  return {
    exits: drawExits(draw),
    size: { kind: 'quote', amount: money(draw.pick(['60', '300'])) },
    reverse: draw.isTrue(0.5),
    maxPositions: draw.isTrue(0.2) ? 1 : null,
  };
}

function drawLimits(draw: Draw): RiskLimits {
  return {
    maxDailyLossPct: new Decimal(draw.pick(['50', '50', '1'])),
    maxConsecutiveLosses: draw.pick([100, 100, 4]),
    cooldownMs: MINUTE_MS,
    maxOpenPositions: draw.pick([1, 2, 3]),
    maxExposurePct: draw.isTrue(0.3) ? new Decimal('4') : null,
    maxPositionPct: null,
    maxLeverage: 10,
  };
}

/** What is not drawn. */
export interface Wishes {
  /** How long the episode lasts; null: drawn. */
  readonly minutes: number | null;
  /** What it sees besides what is drawn. */
  readonly strains: readonly Strain[];
}

export function drawPlan(draw: Draw, { minutes, strains: wished }: Wishes): Plan {
  const market = draw.pick(['spot', 'futures'] as const);
  const startMs = startTime(draw);
  const symbols = drawSymbols(draw);
  const strains = new Set([...drawStrains(draw, market), ...wished]);
  const length = minutes ?? draw.whole(6, 14);
  return {
    ...{ market, startMs, symbols },
    endMs: startMs + length * MINUTE_MS,
    traded: ['AAAUSDT', 'BBBUSDT', 'CCCUSDT'],
    byHand: 'DDDUSDT',
    start: drawStart(draw, { market, symbols, strains }),
    aheadMs: draw.isTrue(0.25) ? Math.round(draw.between(-2_500, 2_500)) : 0,
    network: drawNetwork(draw),
    rates: drawRates(draw),
    commitMs: draw.pick([0, 2, 30]),
    limits: drawLimits(draw),
    traders: Array.from({ length: draw.pick([1, 1, 2, 3]) }, () => drawTrader(draw)),
    importedPositions: draw.pick(['watch', 'stop'] as const),
    leverage: market === 'spot' ? 1 : draw.pick([1, 1, 3, 10]),
    strains,
    pace: draw.pick([2_000, 5_000, 12_000]),
  };
}
