import { z } from 'zod';

import { ZERO_MONEY } from '../../../domain/decimal.ts';
import type { Decimal, Money } from '../../../domain/decimal.ts';
import type { Trade } from '../../../domain/trade.ts';
import { traderNames } from '../desk.ts';
import type { Desk } from '../desk.ts';
import { amountText, nameOf, ratioNumber } from '../json/figures.ts';
import type { TraderNames } from '../json/figures.ts';
import { lookingVerb } from './verb.ts';

/** What trades are summed up by. */
export const GROUPINGS = ['trader', 'symbol', 'reason', 'day'] as const;
type Grouping = (typeof GROUPINGS)[number];

/** Sums over trades. */
interface Sums {
  trades: number;
  wins: number;
  /** Of the trades that gained. */
  gained: Decimal;
  /** Of the trades that did not, as a positive amount. */
  lost: Decimal;
  fees: Decimal;
}

/** Figures of a group of trades. A win is a trade with a profit after fees; `expectancy` is the mean profit. */
export interface TradeFigures {
  readonly trades: number;
  /** 0 .. 100; null without trades. */
  readonly winRate: number | null;
  /** What the winners gained for each unit that the others lost; null when nothing was lost. */
  readonly profitFactor: number | null;
  readonly expectancy: string | null;
  readonly pnl: string;
  readonly fees: string;
}

export interface StatsGroup extends TradeFigures {
  /** The trader's id, the symbol, the reason of the close, or the UTC day of the close (`2026-01-31`). */
  readonly key: string;
  /** The key in words: the trader's name. */
  readonly name: string;
}

export interface StatsJson {
  readonly by: Grouping;
  readonly total: TradeFigures;
  /** By profit, best first; days newest first. */
  readonly groups: readonly StatsGroup[];
}

function noSums(): Sums {
  return { trades: 0, wins: 0, gained: ZERO_MONEY, lost: ZERO_MONEY, fees: ZERO_MONEY };
}

function add(sums: Sums, trade: Trade): void {
  sums.trades += 1;
  sums.fees = sums.fees.plus(trade.fees);
  if (trade.pnl.greaterThan(0)) {
    sums.wins += 1;
    sums.gained = sums.gained.plus(trade.pnl);
  } else {
    sums.lost = sums.lost.minus(trade.pnl);
  }
}

function figuresOf({ trades, wins, gained, lost, fees }: Sums): TradeFigures {
  const pnl = gained.minus(lost) as Money;
  const winPct = (100 * wins) / trades;
  return {
    trades,
    winRate: trades === 0 ? null : Math.round(winPct * 1e6) / 1e6,
    profitFactor: lost.isZero() ? null : ratioNumber(gained.dividedBy(lost)),
    expectancy: trades === 0 ? null : amountText(pnl.dividedBy(trades)),
    pnl: amountText(pnl),
    fees: amountText(fees),
  };
}

/** Of trades that no trader made. */
const BY_HAND = 'by hand';

function keyOf(trade: Trade, by: Grouping): string {
  switch (by) {
    case 'trader':
      return trade.traderId ?? BY_HAND;
    case 'symbol':
      return trade.symbol;
    case 'reason':
      return trade.reason;
    case 'day':
      return new Date(trade.exitTime).toISOString().slice(0, 'YYYY-MM-DD'.length);
  }
}

/** Sums up trades as they come, page by page: the history may be long. */
export class TradeStats {
  readonly #by: Grouping;
  readonly #total = noSums();
  readonly #groups = new Map<string, Sums>();

  constructor(by: Grouping) {
    this.#by = by;
  }

  add(trade: Trade): void {
    const key = keyOf(trade, this.#by);
    const group = this.#groups.get(key) ?? noSums();
    this.#groups.set(key, group);
    add(group, trade);
    add(this.#total, trade);
  }

  /** @param names of the traders, for groups by trader */
  toJson(names: TraderNames): StatsJson {
    const groups = [...this.#groups].map(([key, sums]) => {
      const name = this.#by === 'trader' ? (nameOf(key as Parameters<typeof nameOf>[0], names) ?? key) : key;
      return { key, name, sums, pnl: sums.gained.minus(sums.lost) };
    });
    const byDay = this.#by === 'day';
    groups.sort((a, b) => (byDay ? (a.key < b.key ? 1 : -1) : b.pnl.comparedTo(a.pnl) || (a.key < b.key ? -1 : 1)));
    return {
      by: this.#by,
      total: figuresOf(this.#total),
      groups: groups.map(({ key, name, sums }) => ({ key, name, ...figuresOf(sums) })),
    };
  }
}

const PAGE = 1_000;

async function stats(desk: Desk, { by }: { readonly by: Grouping }): Promise<StatsJson> {
  const { store, userId } = desk;
  const sums = new TradeStats(by);
  let page = await store.trades.list(userId, { limit: PAGE });
  for (;;) {
    for (const trade of page) sums.add(trade);
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) break;
    page = await store.trades.list(userId, { limit: PAGE, before: last.id });
  }
  return sums.toJson(await traderNames(desk));
}

export const STATS = {
  stats: lookingVerb({
    args: z.strictObject({ by: z.enum(GROUPINGS, GROUPINGS.join(', ')).default('trader') }),
    run: stats,
  }),
};
