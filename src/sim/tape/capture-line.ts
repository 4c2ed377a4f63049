/**
 * The lines of raw captures:
 *
 *     1723161253937085768 {"stream":"btcusdt@trade","data":{...}}     received, nanoseconds (hftbacktest, aitrader)
 *     1626992741.06217: {"stream":...}                                received, seconds (cryptofeed)
 *     https://api.binance.com/api/v3/exchangeInfo -> 1633998511.1: {...}   an answer over REST
 *     wss://... <-> 1626992740.1      wss://... <- 1626992740.2: {...}     connected; sent by the recorder
 *     configuration: {...}                                            a note of the recorder
 *     {"aitraderTape":1,...}                                          what a tape of aitrader begins with (header.ts)
 */
import { HEADER_START } from './header.ts';

/** `message`: came over a stream. `answer`: of a REST request. `note`: nothing that the venue sent. */
export type CaptureLineKind = 'message' | 'answer' | 'note' | 'header' | 'malformed';

const CODE = { zero: 48, nine: 57, space: 32, dot: 46, colon: 58, return: 13 } as const;
const NANOSECOND_DIGITS = 19;
const SECOND_DIGITS = 10;

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= CODE.zero && byte <= CODE.nine;
}

/** One line, taken apart. Reused from line to line. */
export class CaptureLine {
  kind: CaptureLineKind = 'note';
  /** Receive time, milliseconds UTC with a fraction. */
  timeMs = 0;
  /** The body is `bytes[bodyStart, bodyEnd)`; empty in notes. */
  bodyStart = 0;
  bodyEnd = 0;
  /** Of answers. */
  url = '';

  /** Takes apart `bytes[start, end)`, a line without its line end. */
  read(bytes: Buffer, start: number, end: number): void {
    const last = bytes[end - 1] === CODE.return ? end - 1 : end;
    this.bodyStart = this.bodyEnd = last;
    if (last === start) {
      this.kind = 'note';
    } else if (isDigit(bytes[start])) {
      this.kind = this.#readTimed(bytes, start, last) ? 'message' : 'malformed';
    } else {
      this.#readUrl(bytes, start, last);
    }
  }

  /**
   * Takes apart the beginning of a line whose end is not known: a time in nanoseconds.
   * @returns where its body begins; -1 when it begins in another way
   */
  readStart(bytes: Buffer, start: number): number {
    let milliseconds = 0;
    for (let at = start; at < start + NANOSECOND_DIGITS; at += 1) {
      const digit = (bytes[at] ?? 0) - CODE.zero;
      if (!(digit >= 0 && digit <= 9)) return -1;
      if (at - start < NANOSECOND_DIGITS - 6) milliseconds = milliseconds * 10 + digit;
    }
    this.timeMs = milliseconds;
    this.bodyStart = start + NANOSECOND_DIGITS + 1;
    return bytes[this.bodyStart - 1] === CODE.space ? this.bodyStart : -1;
  }

  /** The body of the line that `readStart` began is a message that ends at `end`. */
  endMessage(end: number): void {
    this.kind = 'message';
    this.bodyEnd = end;
  }

  /** A time and a body. */
  #readTimed(bytes: Buffer, start: number, end: number): boolean {
    let at = start;
    let whole = 0;
    while (at < end && isDigit(bytes[at])) {
      if (at - start < NANOSECOND_DIGITS - 6) whole = whole * 10 + ((bytes[at] ?? 0) - CODE.zero);
      at += 1;
    }
    const digits = at - start;
    if (digits === NANOSECOND_DIGITS && bytes[at] === CODE.space) {
      this.timeMs = whole;
      this.bodyStart = at + 1;
      return this.bodyStart < end;
    }
    if (digits !== SECOND_DIGITS) return false;
    this.timeMs = whole * 1_000;
    let unit = 100;
    if (bytes[at] === CODE.dot) {
      for (at += 1; at < end && isDigit(bytes[at]); at += 1) {
        this.timeMs += ((bytes[at] ?? 0) - CODE.zero) * unit;
        unit /= 10;
      }
    }
    this.bodyStart = at + 2;
    return bytes[at] === CODE.colon && bytes[at + 1] === CODE.space && this.bodyStart < end;
  }

  /** `URL -> time: body`; everything else is a note. */
  #readUrl(bytes: Buffer, start: number, end: number): void {
    this.kind = 'malformed';
    const head = bytes.toString('latin1', start, Math.min(end, start + 4_096));
    if (/^(configuration: |\w+:\/\/\S+ <)/.test(head)) this.kind = 'note';
    if (head.startsWith(HEADER_START)) {
      this.kind = 'header';
      this.bodyStart = start;
    }
    const answer = /^(https?:\/\/\S+) -> /.exec(head);
    if (answer?.[1] === undefined) return;
    this.url = answer[1];
    if (this.#readTimed(bytes, start + answer[0].length, end)) this.kind = 'answer';
  }
}
