import type { VenueTrade } from './fills.ts';

/** The venue keeps half a year of trades for questions like these. */
const OLDEST_MS = 180 * 86_400_000;

/** One question: the newest `limit` trades, or those of a stretch of time, both ends included. */
export type TradePage = (stretch: { readonly fromMs: number; readonly toMs: number } | null) => Promise<VenueTrade[]>;

export interface PageTerms {
  readonly nowMs: number;
  /** Trades that the venue gives at most for one question. */
  readonly limit: number;
  /** The longest stretch that it takes. */
  readonly windowMs: number;
  /** How far the question for the newest ones looks back; Infinity: to the first. */
  readonly newestReachMs: number;
}

/**
 * The trades since a time, oldest first. Mostly the newest ones reach back far enough; where they do not, stretches are
 * asked for, and halved when one holds more than the venue gives at once, whichever end of it that would leave out.
 */
export async function tradesSince(page: TradePage, sinceMs: number, terms: PageTerms): Promise<VenueTrade[]> {
  const newest = await page(null);
  const oldestMs = Math.min(...newest.map(({ time }) => time));
  const fromMs = Math.max(sinceMs, terms.nowMs - OLDEST_MS);
  const isWhole = newest.length < terms.limit && terms.nowMs - fromMs <= terms.newestReachMs;
  if (isWhole || oldestMs < sinceMs) return ordered(newest, sinceMs);
  const trades = [...newest];
  for (let startMs = fromMs; startMs < oldestMs && startMs <= terms.nowMs; startMs += terms.windowMs) {
    const toMs = Math.min(startMs + terms.windowMs - 1, oldestMs, terms.nowMs);
    trades.push(...(await stretch(page, { fromMs: startMs, toMs }, terms.limit)));
  }
  return ordered(trades, sinceMs);
}

async function stretch(
  page: TradePage,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  limit: number,
): Promise<VenueTrade[]> {
  const trades = await page({ fromMs, toMs });
  if (trades.length < limit || fromMs >= toMs) return trades;
  const middleMs = Math.floor((fromMs + toMs) / 2);
  const older = await stretch(page, { fromMs, toMs: middleMs }, limit);
  return [...older, ...(await stretch(page, { fromMs: middleMs + 1, toMs }, limit))];
}

function ordered(trades: readonly VenueTrade[], sinceMs: number): VenueTrade[] {
  const byId = new Map(trades.map((trade) => [`${trade.venueTradeId} ${trade.venueOrderId}`, trade]));
  const wanted = [...byId.values()].filter(({ time }) => time >= sinceMs);
  return wanted.sort((a, b) => a.time - b.time || Number(a.venueTradeId) - Number(b.venueTradeId));
}
