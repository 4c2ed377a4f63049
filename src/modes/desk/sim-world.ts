import { createPaperBroker } from '../../adapters/broker/paper/paper.ts';
import type { Config } from '../../config/config.ts';
import type { VariableName } from '../../config/variables.ts';
import { AitraderError, describeFailure } from '../../domain/errors.ts';
import { MINUTE_MS } from '../../domain/time.ts';
import type { VenueSymbol } from '../../domain/ids.ts';
import type { Instrument, Market } from '../../domain/instrument.ts';
import { seededRandom } from '../../lib/random.ts';
import { createSortableIds } from '../../lib/sortable-id.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { MarketFeed } from '../../ports/market-feed.ts';
import { createInsideMarket } from '../../sim/inside/inside-market.ts';
import type { InsideMarket } from '../../sim/inside/inside-market.ts';
import type { Speed } from '../../sim/data/driver.ts';
import type { TapeSpan } from '../../sim/tape/tape-span.ts';
import { TappedFeed } from './tapped-feed.ts';
import { tapeAccount } from './tape/tape-account.ts';
import type { TapeAccount } from './tape/tape-account.ts';
import { endOfTape, momentText, tapeNotice, tellTape } from './tape/tape-news.ts';
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
const LEVERAGE = 1;

/** What a simulated world is made from. */
export interface SimWorldParts {
  readonly config: Config;
  /** Whether the user has set this variable. */
  readonly isGiven: (name: VariableName) => boolean;
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
  const { options, logger } = parts;
  const inside = await openMarket(parts);
  const { clock, market, feed } = inside;
  const instruments = await feed.instruments();
  const account = accountFor(instruments, parts);
  const { quoteAsset, entrySize } = account;
  const symbols = await mostTraded(feed, quotedIn(instruments, quoteAsset));
  const spans = inside.spans.filter(({ symbol }) => symbols.some((each) => each === symbol));
  if (spans.length > 0) {
    tellAccount(instruments, account, parts);
    tellTape(spans, { clock, logger });
  }
  // A simulation that goes on must not give the ids of its first part again.
  const random = seededRandom(options.seed + (parts.resumed?.seq ?? 0));
  const paper = fitting(parts.saved, () => openAccount(parts, { clock, market, instruments, ...account }));
  return {
    ...{ market, quoteAsset, entrySize, leverage: LEVERAGE, clock },
    ids: createSortableIds({ now: () => clock.now(), random: () => random.next() }),
    feed: new TappedFeed(feed, paper.market),
    broker: paper.broker,
    instance: INSTANCE,
    symbols,
    parallelChecks: options.speed === 'max' ? 1 : 2,
    ...course(inside, spans, parts),
    close: () => paper.broker.close(),
  };
}

/** How the market runs, and what there is to say of it meanwhile. */
function course(
  inside: InsideMarket,
  spans: readonly TapeSpan[],
  { options, realClock, undertakings }: SimWorldParts,
): Pick<World, 'run' | 'hasPlayedOut' | 'notice'> {
  const { clock } = inside;
  const untilMs = options.endAfterMs === null ? Infinity : clock.now() + options.endAfterMs;
  let hasPlayedOut = false;
  return {
    async run(signal) {
      const end = await inside.drive({
        ...{ speed: options.speed, realClock, signal },
        settle: () => undertakings.settle(),
        until: Math.min(untilMs, endOfTape(spans)),
      });
      if (end === 'aborted') return 'it was stopped';
      if (end === 'closed') return 'the market was closed';
      if (end === 'until' && clock.now() >= untilMs) return 'its time is over';
      hasPlayedOut = true;
      return `the tape has ended at ${momentText(clock.now())} UTC`;
    },
    hasPlayedOut: () => hasPlayedOut,
    notice: () => (hasPlayedOut ? 'TAPE ENDED' : tapeNotice(spans, clock.now())),
  };
}

/** An account that was kept may hold what another market does not have. @throws AitraderError `USAGE` */
function fitting<Account>(saved: string | null, open: () => Account): Account {
  try {
    return open();
  } catch (cause) {
    if (saved === null) throw cause;
    const problem = `--keep: the account of the last simulation does not fit this market (${describeFailure(cause)})`;
    throw new AitraderError(
      'USAGE',
      { problem, hint: 'Play the same market again, or start without --keep.' },
      { cause },
    );
  }
}

interface AccountSurroundings extends TapeAccount {
  readonly clock: Clock;
  readonly market: Market;
  readonly instruments: readonly Instrument[];
}

function openAccount(
  parts: SimWorldParts,
  { balance, ...surroundings }: AccountSurroundings,
): ReturnType<typeof createPaperBroker> {
  const { config, logger, undertakings, saved } = parts;
  const { clock, market, instruments, quoteAsset } = surroundings;
  const { accountId, userId, paper, exchange } = config;
  return createPaperBroker({
    account: { id: accountId, userId, venue: 'sim', market, money: 'sim', label: 'simulation' },
    ...{ clock, instance: INSTANCE, instruments, quoteAsset, balance },
    feeBps: paper.feeBps,
    slippageBps: paper.slippageBps,
    latencyMs: paper.latencyMs,
    leverage: LEVERAGE,
    marginMode: exchange.marginMode,
    saved,
    save: (state) => undertakings.watch(parts.save(state)),
    onSaveFailed: (error) => logger.error('the paper account could not be saved; it is tried again', { error }),
  });
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

/** A synthetic market is quoted in what the configuration says; a tape in what was recorded. */
function accountFor(instruments: readonly Instrument[], parts: SimWorldParts): TapeAccount {
  const { config, options } = parts;
  if (options.tapes.length > 0) return tapeAccount(instruments, parts);
  return { quoteAsset: config.symbols.quoteAsset, balance: config.paper.balance, entrySize: null };
}

function quotedIn(instruments: readonly Instrument[], quoteAsset: string): ReadonlySet<VenueSymbol> {
  return new Set(instruments.flatMap(({ quote, symbol }) => (quote === quoteAsset ? [symbol] : [])));
}

/** Says what the account of a tape is kept in, and which symbols that leaves out. */
function tellAccount(
  instruments: readonly Instrument[],
  { quoteAsset, balance, entrySize }: TapeAccount,
  { config, logger, saved }: SimWorldParts,
): void {
  const size = entrySize ?? config.traders.defaultSize;
  const begins = saved === null ? `${balance.toFixed()} ${quoteAsset}` : 'as the last simulation left it';
  const amounts = `${begins}, entries of ${size.toFixed()} ${quoteAsset}`;
  logger.info(`the account is kept in ${quoteAsset}: ${amounts} (PAPER_BALANCE, DEFAULT_SIZE)`);
  for (const { symbol, quote } of instruments) {
    if (quote === quoteAsset) continue;
    logger.warn(`left out: ${symbol} is quoted in ${quote}; QUOTE_ASSET=${quote} trades it in place of the others`);
  }
}

async function mostTraded(feed: MarketFeed, among: ReadonlySet<VenueSymbol>): Promise<readonly VenueSymbol[]> {
  const tickers = await feed.tickers();
  const symbols = tickers
    .filter(({ symbol }) => among.has(symbol))
    .toSorted((a, b) => b.quoteVolume - a.quoteVolume)
    .map(({ symbol }) => symbol);
  if (symbols.length > 0) return symbols;
  const hint = 'Give a tape with at least one symbol.';
  throw new AitraderError('USAGE', { problem: 'the simulated market has no symbols', hint });
}
