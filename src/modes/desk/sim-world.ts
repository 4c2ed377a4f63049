import { createPaperBroker } from '../../adapters/broker/paper/paper.ts';
import type { Config } from '../../config/config.ts';
import { AitraderError } from '../../domain/errors.ts';
import { MINUTE_MS } from '../../domain/time.ts';
import type { VenueSymbol } from '../../domain/ids.ts';
import { seededRandom } from '../../lib/random.ts';
import { createSortableIds } from '../../lib/sortable-id.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { MarketFeed } from '../../ports/market-feed.ts';
import { createInsideMarket } from '../../sim/inside/inside-market.ts';
import type { InsideMarket } from '../../sim/inside/inside-market.ts';
import type { Speed } from '../../sim/data/driver.ts';
import { TappedFeed } from './tapped-feed.ts';
import type { Undertakings } from './undertakings.ts';
import type { World } from './world.ts';

/** What the command line says of a simulation. */
export interface SimulationOptions {
  readonly speed: Speed;
  readonly seed: number;
  readonly tapes: readonly string[];
  /** How many symbols, or which. */
  readonly symbols: number | readonly string[];
  /** Simulated milliseconds after which the market ends; null: never. */
  readonly endAfterMs: number | null;
}

/**
 * When a synthetic market begins, whatever the day is, so that the same seed gives the same run: in the busy hours of a
 * Monday, at which the first traders find something to do with seed 1.
 */
const FIRST_MOMENT = Date.UTC(2026, 0, 12, 13);
const INSTANCE = 'simu';

/** What a simulated world is made from. */
export interface SimWorldParts {
  readonly config: Config;
  readonly options: SimulationOptions;
  readonly realClock: Clock;
  readonly logger: Logger;
  readonly undertakings: Undertakings;
  /** Where an earlier simulation with this database ended: the last number of its audit log, and when that was. */
  readonly resumed: { readonly seq: number; readonly at: number } | null;
  readonly saved: string | null;
  readonly save: (state: string) => Promise<void>;
}

/** A market inside the process with a paper account in it, on simulated time. */
export async function createSimWorld(parts: SimWorldParts): Promise<World> {
  const { config, options, realClock, logger, undertakings } = parts;
  const inside = await openMarket(parts);
  const { clock, market, quoteAsset } = inside;
  const instruments = await inside.feed.instruments();
  const symbols = await mostTraded(inside.feed);
  // A simulation that goes on must not give the ids of its first part again.
  const random = seededRandom(options.seed + (parts.resumed?.seq ?? 0));
  const leverage = 1;
  const paper = createPaperBroker({
    account: {
      id: config.accountId,
      userId: config.userId,
      venue: 'sim',
      market,
      money: 'sim',
      label: 'simulation',
    },
    clock,
    instance: INSTANCE,
    instruments,
    quoteAsset,
    balance: config.paper.balance,
    feeBps: config.paper.feeBps,
    slippageBps: config.paper.slippageBps,
    latencyMs: config.paper.latencyMs,
    leverage,
    marginMode: config.exchange.marginMode,
    saved: parts.saved,
    save: (state) => undertakings.watch(parts.save(state)),
    onSaveFailed: (error) => logger.error('the paper account could not be saved; it is tried again', { error }),
  });
  return {
    market,
    quoteAsset,
    leverage,
    clock,
    ids: createSortableIds({ now: () => clock.now(), random: () => random.next() }),
    feed: new TappedFeed(inside.feed, paper.market),
    broker: paper.broker,
    instance: INSTANCE,
    symbols,
    parallelChecks: options.speed === 'max' ? 1 : 2,
    async run(signal) {
      const end = await inside.drive({
        speed: options.speed,
        realClock,
        settle: () => undertakings.settle(),
        signal,
        ...(options.endAfterMs === null ? {} : { until: inside.startMs + options.endAfterMs }),
      });
      const whys = {
        until: 'its time is over',
        tape_ended: 'the tape has ended',
        aborted: 'it was stopped',
        closed: 'the market was closed',
      };
      return whys[end];
    },
    close: () => paper.broker.close(),
  };
}

function openMarket({ options, config, logger, resumed }: SimWorldParts): Promise<InsideMarket> {
  const { seed, symbols, tapes } = options;
  const { quoteAsset } = config.symbols;
  if (tapes.length === 0) {
    const play = {
      kind: 'synthetic',
      symbols,
      startAt: Math.max(FIRST_MOMENT, (resumed?.at ?? 0) + MINUTE_MS),
    } as const;
    return createInsideMarket({ play, seed, market: 'futures', quoteAsset });
  }
  const play = {
    kind: 'tape',
    paths: tapes,
    onProblem: ({ path, line, problem }: { path: string; line: number; problem: string }): void =>
      logger.warn('a line of the tape was skipped', { path, line, problem }),
  } as const;
  return createInsideMarket({ play, seed, market: null, quoteAsset });
}

async function mostTraded(feed: MarketFeed): Promise<readonly VenueSymbol[]> {
  const tickers = await feed.tickers();
  const symbols = tickers.toSorted((a, b) => b.quoteVolume - a.quoteVolume).map(({ symbol }) => symbol);
  if (symbols.length > 0) return symbols;
  const hint = 'Give a tape with at least one symbol.';
  throw new AitraderError('USAGE', { problem: 'the simulated market has no symbols', hint });
}
