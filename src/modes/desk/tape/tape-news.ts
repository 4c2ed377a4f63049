import { DAY_MS, MINUTE_MS } from '../../../domain/time.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Logger } from '../../../ports/logger.ts';
import type { TapeSpan } from '../../../sim/tape/tape-span.ts';

/** A day and a time without seconds, UTC. */
export function momentText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16).replace('T', ' ');
}

/** When the last of these symbols has no data any more: the end of that minute; Infinity where that is not known. */
export function endOfTape(spans: readonly TapeSpan[]): number {
  if (spans.length === 0 || spans.some(({ isWhole }) => !isWhole)) return Infinity;
  return Math.ceil(Math.max(...spans.map(({ toMs }) => toMs)) / MINUTE_MS) * MINUTE_MS;
}

function isSilent({ fromMs, toMs, isWhole }: TapeSpan, now: number): boolean {
  return now < fromMs || (isWhole && now >= toMs);
}

/** What a tape plays and when, in words. */
function spanWords(spans: readonly TapeSpan[]): string {
  const bySpan = new Map<string, string[]>();
  for (const { symbol, fromMs, toMs, isWhole } of spans) {
    const span = isWhole ? `${momentText(fromMs)} to ${momentText(toMs)}` : `from ${momentText(fromMs)} on`;
    bySpan.set(span, [...(bySpan.get(span) ?? []), symbol]);
  }
  return [...bySpan].map(([span, symbols]) => `${symbols.join(', ')} (${span})`).join('; ');
}

/**
 * Says in the log what a tape plays, which of its symbols begin only later, and while it plays, when a symbol's data begin
 * and when they have ended.
 */
export function tellTape(spans: readonly TapeSpan[], { clock, logger }: { clock: Clock; logger: Logger }): void {
  const startMs = clock.now();
  const endMs = Math.max(...spans.map(({ toMs }) => toMs));
  logger.info(`the tape, UTC: ${spanWords(spans)}`);
  for (const { symbol, fromMs, toMs, isWhole } of spans) {
    const waitMs = fromMs - startMs;
    if (waitMs > DAY_MS) {
      const days = Math.floor(waitMs / DAY_MS).toLocaleString('en');
      logger.warn(`${symbol} begins ${days} days after the tape does and has no price until then; play it by itself`);
    }
    if (waitMs > MINUTE_MS) clock.setTimer(waitMs, () => logger.info(`${symbol}: its data begin`));
    if (isWhole && toMs < endMs - MINUTE_MS) {
      clock.setTimer(toMs - startMs, () => logger.info(`${symbol}: its data have ended, its last price stands`));
    }
  }
}

/** Where a tape stands, and which symbols it has no data of there, for the header; null: there is no tape. */
export function tapeNotice(spans: readonly TapeSpan[], now: number): string | null {
  if (spans.length === 0) return null;
  const [first, ...others] = spans.filter((span) => isSilent(span, now));
  const place = momentText(now);
  if (first === undefined) return place;
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  const when = now < first.fromMs ? `until ${momentText(first.fromMs)}` : `since ${momentText(first.toMs)}`;
  return `${place}, no data of ${first.symbol} ${when}${more}`;
}
