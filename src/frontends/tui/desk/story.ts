import type { AuditRecord } from '../../../domain/event.ts';
import { SECOND_MS } from '../../../domain/time.ts';
import type { Line, Tone } from '../style/line.ts';
import { span, toneOfChange } from '../style/line.ts';
import { percentWord, priceWord, profitWord, quantityWord } from '../style/figures.ts';
import { shown } from '../style/text.ts';

type Data = Readonly<Record<string, unknown>>;

/** A story stays so long before a later one takes its place, so that it can be read. */
const SHOWN_MS = 1.5 * SECOND_MS;
/** After so long it is no news any more. */
const NEWS_MS = 30 * SECOND_MS;

interface Story {
  readonly line: Line;
  /** Of stories that wait, the weightiest is told; of equals, the latest. */
  readonly weight: number;
}

const TELLERS: Readonly<Record<string, (data: Data) => Story>> = {
  'signal pending': (signal) => ({
    weight: 1,
    line: told('accent', `signal ${wordsOf(signal)}`, conditionsOf(signal)),
  }),
  'signal awaiting_approval': (signal) => ({
    weight: 2,
    line: told('warn', `signal ${wordsOf(signal)} waits for your yes (3, a)`, conditionsOf(signal)),
  }),
  'position opened': (position) => {
    const stop = priceWord(numberOf((position.protection as Data | undefined)?.stopPrice));
    const entry = `${quantityWord(Number(position.quantity))} at ${priceWord(entryOf(position))} · stop ${stop}`;
    const line = told('accent', `opened ${wordsOf(position)}`, `${entry} · ${textOf(position.openReason)}`);
    return { weight: 2, line };
  },
  'position target reached': (position) => ({
    weight: 2,
    line: told('good', `target reached ${wordsOf(position)}`, ''),
  }),
  'trade closed': (trade) => {
    const pnl = numberOf(trade.pnl);
    const result = `${profitWord(pnl)} (${percentWord(numberOf(trade.pnlPct))})`;
    return {
      weight: 3,
      line: told(toneOfChange(pnl ?? 0), `closed ${wordsOf(trade)} by ${textOf(trade.reason)}`, result),
    };
  },
  'trader disabled': (trader) => ({
    weight: 3,
    line: told('bad', `trader ${textOf(trader.name)} disabled`, textOf((trader.state as Data | undefined)?.reason)),
  }),
};

function told(tone: Tone, what: string, why: string): Line {
  return [span(what, tone), span(why === '' ? '' : ` · ${why}`)];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? shown(value) : '?';
}

function numberOf(value: unknown): number | null {
  return typeof value === 'string' || typeof value === 'number' ? Number(value) : null;
}

function wordsOf({ symbol, side }: Data): string {
  return `${textOf(symbol)} ${textOf(side)}`;
}

function conditionsOf({ conditions }: Data): string {
  return Array.isArray(conditions) ? conditions.map(textOf).join('; ') : '';
}

function entryOf({ lots }: Data): number | null {
  const [first] = Array.isArray(lots) ? (lots as Data[]) : [];
  return numberOf(first?.price);
}

/** Tells in one line what happened last. */
export class StoryTeller {
  #told: { readonly story: Story; readonly at: number } | null = null;
  #waiting: Story | null = null;

  hear({ subject, change, data }: AuditRecord): void {
    const teller = TELLERS[`${subject} ${change}`];
    if (teller === undefined) return;
    const story = teller(JSON.parse(data) as Data);
    if (this.#waiting === null || story.weight >= this.#waiting.weight) this.#waiting = story;
  }

  /**
   * Empty while there is no news.
   * @param realNow real time, milliseconds
   */
  lineAt(realNow: number): Line {
    const isRead = this.#told === null || realNow - this.#told.at >= SHOWN_MS;
    if (this.#waiting !== null && isRead) {
      this.#told = { story: this.#waiting, at: realNow };
      this.#waiting = null;
    }
    return this.#told === null || realNow - this.#told.at >= NEWS_MS ? [] : this.#told.story.line;
  }
}
