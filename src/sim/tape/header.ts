import { AitraderError } from '../../domain/errors.ts';
import type { Market } from '../../domain/instrument.ts';

/**
 * aitrader's own tapes: gzip of lines. The first line is the header, a JSON object; every other line is the time at which
 * a stream message was received, in nanoseconds since the epoch (19 digits), a space, and the message in its
 * combined-stream form (`{"stream":"btcusdt@trade","data":{...}}`) without line ends.
 *
 * A writer may stop at any moment: what follows the last complete line is dropped. A tape that was split over several
 * files has the header in each.
 */
export interface TapeHeader {
  readonly aitraderTape: 1;
  readonly market: Market;
  /** When recording began, milliseconds UTC. */
  readonly startedAt: number;
  /** In the venue's form. */
  readonly symbols: readonly string[];
  /** The symbols' entries of the venue's exchangeInfo answer, as they came. */
  readonly instruments: readonly unknown[];
}

export const HEADER_START = '{"aitraderTape":';

/** The header as the first line of a tape, with its line end. */
export function headerLine(header: Omit<TapeHeader, 'aitraderTape'>): string {
  return `${JSON.stringify({ aitraderTape: 1, ...header })}\n`;
}

/** A message as a line of a tape. `message` is in combined-stream form and has no line end. */
export function messageLine(receivedAtNs: bigint, message: string): string {
  return `${receivedAtNs} ${message}\n`;
}

function isHeader(value: unknown): value is TapeHeader {
  const header = value as Partial<TapeHeader> | null;
  return (
    typeof header === 'object' &&
    header !== null &&
    header.aitraderTape === 1 &&
    (header.market === 'spot' || header.market === 'futures') &&
    Array.isArray(header.symbols) &&
    header.symbols.every((symbol) => typeof symbol === 'string') &&
    Array.isArray(header.instruments)
  );
}

/**
 * Reads the first line of a tape of aitrader.
 * @throws AitraderError `TAPE_UNREADABLE` for a version or content that this program does not know
 */
export function parseHeader(line: string, path: string): TapeHeader {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw new AitraderError('TAPE_UNREADABLE', { path, problem: 'its header is not JSON' }, { cause });
  }
  if (!isHeader(value)) {
    const problem = 'its header lacks version 1, a market, symbols or instruments (recorded by a newer aitrader?)';
    throw new AitraderError('TAPE_UNREADABLE', { path, problem });
  }
  return value;
}
