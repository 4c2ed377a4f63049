import type { AuditRecord } from '../../domain/event.ts';
import { describeFailure } from '../../domain/errors.ts';
import { SECOND_MS } from '../../domain/time.ts';
import { BoundedList } from './desk/bounded-list.ts';
import { closedTrade, tradeOfRecord } from './desk/closed-trade.ts';
import type { ClosedTrade } from './desk/closed-trade.ts';
import { PriceMemory } from './desk/price-memory.ts';
import { StoryTeller } from './desk/story.ts';
import { takeView } from './desk/view.ts';
import type { DeskView, NumberedLog } from './desk/view.ts';
import type { LogLine, TuiOptions } from './options.ts';
import type { Size } from './screen/blocks.ts';
import { drawFrame } from './screen/frame.ts';
import type { Line } from './style/line.ts';
import { shown } from './style/text.ts';
import { press } from './ui/press.ts';
import type { Step } from './ui/step.ts';
import type { Deed } from './ui/question.ts';
import { FIRST_STATE } from './ui/state.ts';
import type { Notice, UiState } from './ui/state.ts';

const MOST_TRADES = 2_000;
const MOST_LOGS = 1_000;
const SAID_FOR_MS = 5 * SECOND_MS;

/** What the session needs of its surroundings besides the options. */
interface SessionCalls {
  readonly quit: () => void;
  readonly redraw: () => void;
}

type SessionOptions = Pick<
  TuiOptions,
  'engine' | 'clock' | 'deskClock' | 'info' | 'earlierTrades' | 'earlierLogs' | 'notice'
>;

/** What the screen knows: where the user is, and what it keeps of the desk. Keys go in, frames come out. */
export class Session {
  readonly #options: SessionOptions;
  readonly #calls: SessionCalls;
  readonly #trades = new BoundedList<ClosedTrade>(MOST_TRADES);
  readonly #logs = new BoundedList<NumberedLog>(MOST_LOGS);
  readonly #prices = new PriceMemory();
  readonly #stories = new StoryTeller();
  readonly #stopListening: () => void;
  #logCount = 0;
  #ui: UiState = FIRST_STATE;
  #said: (Notice & { readonly at: number }) | null = null;
  /** What the user has before their eyes: keys act on it, not on what came since. Null: nothing. */
  #drawn: { readonly view: DeskView; readonly pageRows: number } | null = null;

  constructor(options: SessionOptions, calls: SessionCalls) {
    this.#options = options;
    this.#calls = calls;
    for (const trade of options.earlierTrades) this.#trades.add(closedTrade(trade));
    for (const line of options.earlierLogs) this.log(line);
    this.#stopListening = options.engine.onAudit((record) => this.#hear(record));
  }

  log(line: LogLine): void {
    this.#logCount += 1;
    this.#logs.add({ ...line, number: this.#logCount });
  }

  close(): void {
    this.#stopListening();
  }

  draw(size: Size): readonly Line[] {
    const { clock } = this.#options;
    if (this.#said !== null && clock.monotonicMs() - this.#said.at > SAID_FOR_MS) this.#said = null;
    this.#drawn = null;
    const view = this.#takeView();
    const { lines, pageRows, pageTop, isReadable } = drawFrame({ view, ui: this.#ui, said: this.#said }, size);
    const { mode } = this.#ui;
    if (mode.kind === 'page' && mode.top !== pageTop) this.#ui = { ...this.#ui, mode: { ...mode, top: pageTop } };
    this.#drawn = isReadable ? { view, pageRows } : null;
    return lines;
  }

  /** Keys that came in one message: what follows one that asks something was typed before the question was seen. */
  press(keys: readonly string[]): void {
    for (const key of keys) {
      if (this.#drawn === null) {
        // Nothing is to be seen: nothing can be meant but to leave, and nothing can be asked.
        if (key === 'q' || key === 'Ctrl+C') this.#calls.quit();
        continue;
      }
      const step = press(this.#ui, key, this.#drawn);
      const isAsking = this.#ui.mode.kind !== 'ask' && step.ui.mode.kind === 'ask';
      this.#take(step);
      if (isAsking) return;
    }
  }

  /** Pasted text counts where text is asked for, and nowhere else. */
  paste(text: string): void {
    const { mode } = this.#ui;
    const takesText = mode.kind === 'find' || (mode.kind === 'ask' && mode.question.answer.kind === 'words');
    if (takesText) this.press([...shown(text.trim())].map((character) => (character === ' ' ? 'Space' : character)));
  }

  #takeView(): DeskView {
    const { engine, deskClock, info, notice, clock } = this.#options;
    const now = deskClock.now();
    const view = takeView(engine, {
      now,
      info,
      trades: this.#trades.latest(),
      logs: this.#logs.latest(),
      prices: this.#prices,
      story: this.#stories.lineAt(clock.monotonicMs()),
      notice: notice(),
    });
    this.#prices.see(view.markets, now);
    return view;
  }

  #hear(record: AuditRecord): void {
    this.#stories.hear(record);
    const trade = tradeOfRecord(record);
    if (trade !== null) this.#trades.add(trade);
  }

  #take({ ui, deed }: Step): void {
    this.#ui = ui;
    if (deed === null) return;
    if (deed.kind === 'refuse') this.#say({ text: deed.why, tone: 'warn' });
    else if (deed.kind === 'redraw') this.#calls.redraw();
    else if (deed.kind === 'quit') this.#calls.quit();
    else void this.#execute(deed);
  }

  async #execute({ command, done }: Extract<Deed, { kind: 'command' }>): Promise<void> {
    const { engine } = this.#options;
    try {
      const result = await engine.execute(command, engine.status().account.userId);
      if (result.ok) this.#say({ text: done, tone: 'good' });
      else this.#say({ text: `${result.error.code}: ${result.error.message}. ${result.error.hint}`, tone: 'bad' });
    } catch (error) {
      this.#say({ text: `not done: ${describeFailure(error)}`, tone: 'bad' });
    }
  }

  #say({ text, tone }: Notice): void {
    this.#said = { text: shown(text), tone, at: this.#options.clock.monotonicMs() };
  }
}
