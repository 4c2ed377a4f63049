import { join } from 'node:path';

import { systemChance } from '../../adapters/chance/system/chance.ts';
import { createSystemClock } from '../../adapters/clock/system/clock.ts';
import { createBinanceFeed } from '../../adapters/feed/binance/feed.ts';
import { createLogger } from '../../adapters/logger/pino/logger.ts';
import type { Config } from '../../config/config.ts';
import { AitraderError, describeFailure } from '../../domain/errors.ts';
import type { VenueSymbol } from '../../domain/ids.ts';
import type { Market } from '../../domain/instrument.ts';
import { MINUTE_MS } from '../../domain/time.ts';
import type { Clock, Timer } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { MarketFeed, MarketSink } from '../../ports/market-feed.ts';
import { headerLine } from '../../sim/tape/header.ts';
import { loadSettings } from '../cli/load-settings.ts';
import type { ProgramOptions } from '../cli/program-options.ts';
import { watchedSymbols } from '../desk/watched-symbols.ts';
import { waitForStop } from '../wait-for-stop.ts';
import type { Stop } from '../wait-for-stop.ts';
import { TapeRecorder } from './tape-recorder.ts';
import { TapeWriter } from './tape-writer.ts';
import { venueEntries } from './venue-entries.ts';

/** The options of `aitrader record`, beside those of the program. */
export interface RecordOptions extends ProgramOptions {
  /** Default: `MARKET_TYPE`. */
  readonly market?: Market;
  /** Default: `tapes` in the data folder. */
  readonly out?: string;
  /** A text of the command line, in megabytes. */
  readonly rotateMb?: string;
}

const DEFAULT_ROTATE_MB = '256';
const MEGABYTE = 1_000_000;
const PROGRESS_EVERY_MS = MINUTE_MS;

/** Nobody looks at what the feed makes of the messages. */
const NOWHERE: MarketSink = {
  trade: () => undefined,
  quote: () => undefined,
  candle: () => undefined,
  ticker: () => undefined,
  mark: () => undefined,
};

/** What one recording works with. */
interface Recording {
  readonly config: Config;
  readonly options: RecordOptions;
  readonly rotateBytes: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

function readRotateBytes(text: string): number {
  const megabytes = Number(text);
  if (/^\d{1,6}$/.test(text) && megabytes > 0) return megabytes * MEGABYTE;
  throw new AitraderError('USAGE', {
    problem: `--rotate-mb ${text}`,
    hint: 'Give whole megabytes from 1 on; the default is 256.',
  });
}

/**
 * Records what the Binance feed receives as a tape for the simulated exchange, until a signal comes or its time is over.
 * @returns the exit code
 * @throws AitraderError `USAGE`, `EXCHANGE_UNREACHABLE`, `TAPE_UNWRITABLE`
 */
export async function runRecord(options: RecordOptions): Promise<number> {
  const rotateBytes = readRotateBytes(options.rotateMb ?? DEFAULT_ROTATE_MB);
  const { config, secrets } = loadSettings({ ...options, paper: true });
  const { exchange } = config;
  if (exchange.venue !== 'binance') {
    const problem = `record with EXCHANGE=${exchange.venue}`;
    throw new AitraderError('USAGE', { problem, hint: 'Tapes hold the streams of Binance: set EXCHANGE=binance.' });
  }
  const clock = createSystemClock();
  const logger = await createLogger({
    clock,
    level: config.log.level,
    stderr: config.log.format ?? (process.stderr.isTTY ? 'console' : 'json'),
    color: config.display.color && process.stderr.isTTY,
    files: null,
    secrets,
  });
  try {
    const recorded = { ...config, exchange: { ...exchange, market: options.market ?? exchange.market } };
    return await record({ config: recorded, options, rotateBytes, clock, logger });
  } finally {
    await logger.close();
  }
}

async function record(recording: Recording): Promise<number> {
  const { config, options, clock, logger } = recording;
  const { exchange } = config;
  let recorder: TapeRecorder | null = null;
  const feed = createBinanceFeed({
    ...{ market: exchange.market, environment: exchange.environment },
    ...{ restUrl: exchange.restUrl, webSocketUrl: exchange.webSocketUrl },
    ...{ clock, chance: systemChance, logger: logger.child({ part: 'feed' }) },
    onRaw: (bytes, start, end) => recorder?.received(bytes, start, end),
  });
  try {
    const { symbols, instruments } = await reached(config, openSymbols(feed, recording));
    const failed = Promise.withResolvers<never>();
    failed.promise.catch(() => undefined);
    const startedAt = clock.now();
    const writer = await TapeWriter.open({
      folder: options.out ?? join(config.dataDir, 'tapes'),
      fileName: (number) => fileName(exchange.market, startedAt, number),
      header: headerLine({ market: exchange.market, startedAt, symbols, instruments }),
      ...{ rotateBytes: recording.rotateBytes, clock, onFailed: failed.reject },
    });
    try {
      recorder = new TapeRecorder(clock, (line) => writer.add(line));
      const stop = await reached(config, stream({ feed, symbols, recording, writer }, failed.promise));
      await feed.close();
      await writer.close();
      tellEnd(stop, recording, { writer, doubled: recorder.doubled });
      return stop.exitCode;
    } finally {
      await writer.close();
    }
  } finally {
    await feed.close();
  }
}

async function openSymbols(
  feed: MarketFeed,
  { config, logger }: Recording,
): Promise<{ readonly symbols: readonly VenueSymbol[]; readonly instruments: readonly unknown[] }> {
  const symbols = await watchedSymbols(feed, await feed.instruments(), { config, logger });
  return { symbols, instruments: await venueEntries(config.exchange, symbols) };
}

interface Streaming {
  readonly feed: MarketFeed;
  readonly symbols: readonly VenueSymbol[];
  readonly recording: Recording;
  readonly writer: TapeWriter;
}

/** Lets the feed stream until the recording is to end. */
async function stream({ feed, symbols, recording, writer }: Streaming, failed: Promise<never>): Promise<Stop> {
  const { clock, logger, config, options } = recording;
  const stopped = waitForStop(clock, { forMs: options.for });
  const isFutures = config.exchange.market === 'futures';
  feed.subscribe({ symbols, timeframes: ['1m'], markSymbols: isFutures ? symbols : [] });
  await Promise.race([feed.connect(NOWHERE), stopped, failed]);
  logger.info(`recording ${symbols.length} symbols (${config.exchange.market})`, { file: writer.counts.files[0] });
  let timer: Timer | null = null;
  const planProgress = (): void => {
    timer = clock.setTimer(PROGRESS_EVERY_MS, () => {
      planProgress();
      const { files, lines, dropped, bytes } = writer.counts;
      logger.info('recording', { files: files.length, messages: lines, dropped, bytes });
    });
  };
  planProgress();
  try {
    return await Promise.race([stopped, failed]);
  } finally {
    (timer as Timer | null)?.cancel();
  }
}

function tellEnd(
  stop: Stop,
  { options, logger }: Recording,
  { writer, doubled }: { readonly writer: TapeWriter; readonly doubled: number },
): void {
  const { files, lines: messages, dropped, bytes } = writer.counts;
  logger.info(`the recording ends: ${stop.why}`, { files: files.length, messages, dropped, bytes });
  if (options.summary === 'json') {
    process.stdout.write(`${JSON.stringify({ mode: 'record', files, messages, doubled, dropped, bytes })}\n`);
  }
}

/** `futures-20261121T142300Z-001.tape.gz` */
function fileName(market: Market, startedAt: number, number: number): string {
  const time = new Date(startedAt).toISOString().replace(/[-:]|\.\d+/g, '');
  return `${market}-${time}-${String(number).padStart(3, '0')}.tape.gz`;
}

/** What came of speaking to the exchange; its failure ends the recording. */
async function reached<Answer>({ exchange }: Config, question: Promise<Answer>): Promise<Answer> {
  try {
    return await question;
  } catch (cause) {
    if (cause instanceof AitraderError) throw cause;
    const venue = exchange.restUrl ?? `Binance ${exchange.environment}`;
    throw new AitraderError('EXCHANGE_UNREACHABLE', { venue, problem: describeFailure(cause) }, { cause });
  }
}
