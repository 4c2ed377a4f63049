import type { AuditRecord } from '../../domain/event.ts';
import { AitraderError, describeFailure } from '../../domain/errors.ts';
import { SECOND_MS } from '../../domain/time.ts';
import { BoundedList } from './desk/bounded-list.ts';
import { CandleBook } from './desk/candle-book.ts';
import { closedTrade, tradeOfRecord } from './desk/closed-trade.ts';
import type { ClosedTrade } from './desk/closed-trade.ts';
import { FirstCloses } from './desk/first-closes.ts';
import { PriceMemory } from './desk/price-memory.ts';
import { StoryTeller } from './desk/story.ts';
import { takeView } from './desk/view.ts';
import type { DeskView, NumberedLog } from './desk/view.ts';
import type { LogLine, ReadCommand, TuiOptions } from './options.ts';
import type { Size } from './screen/blocks.ts';
import { drawFrame } from './screen/frame.ts';
import type { Line } from './style/line.ts';
import { shown } from './style/text.ts';
import { completed } from './ui/command-line.ts';
import { askBefore } from './ui/command-questions.ts';
import { closingCommands } from './ui/deeds.ts';
import { press } from './ui/press.ts';
import { ask, openPage } from './ui/step.ts';
import type { Step } from './ui/step.ts';
import type { Deed, Leaving, Question } from './ui/question.ts';
import { FIRST_STATE } from './ui/state.ts';
import type { Notice, UiState } from './ui/state.ts';

const MOST_TRADES = 2_000;
const MOST_LOGS = 1_000;
const SAID_FOR_MS = 5 * SECOND_MS;
/** A refusal says what to do, and a hint comes unasked: both take longer to read. */
const EXPLAINED_FOR_MS = 15 * SECOND_MS;
/** The frame of a page, and a margin. */
const PAGE_EDGES = 4;

/** What the session needs of its surroundings besides the options. */
interface SessionCalls {
  readonly leave: (how: Leaving) => void;
  readonly redraw: () => void;
}

type SessionOptions = Omit<TuiOptions, 'stdout' | 'stdin' | 'display'>;

/** What the screen knows: where the user is, and what it keeps of the desk. Keys go in, frames come out. */
export class Session {
  readonly #options: SessionOptions;
  readonly #calls: SessionCalls;
  readonly #trades = new BoundedList<ClosedTrade>(MOST_TRADES);
  readonly #logs = new BoundedList<NumberedLog>(MOST_LOGS);
  readonly #prices = new PriceMemory();
  readonly #stories = new StoryTeller();
  readonly #firstCloses = new FirstCloses();
  readonly #book: CandleBook;
  readonly #stopListening: () => void;
  #logCount = 0;
  #ui: UiState = FIRST_STATE;
  #said: (Notice & { readonly until: number }) | null = null;
  #quitsWhenFlat = false;
  /** What the user has before their eyes: keys act on it, not on what came since. Null: nothing. */
  #drawn: { readonly view: DeskView; readonly pageRows: number } | null = null;
  #seenQuestion: Question | null = null;
  #width = 0;

  constructor(options: SessionOptions, calls: SessionCalls) {
    this.#options = options;
    this.#calls = calls;
    this.#book = new CandleBook(options);
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
    if (this.#said !== null && this.#options.clock.monotonicMs() > this.#said.until) this.#said = null;
    this.#drawn = null;
    this.#width = size.width;
    const view = this.#takeView();
    if (this.#quitsWhenFlat && view.positions.length === 0) this.#leave('quit');
    const { lines, pageRows, pageTop, isReadable } = drawFrame({ view, ui: this.#ui, said: this.#said }, size);
    const { mode } = this.#ui;
    if (mode.kind === 'page' && mode.top !== pageTop) this.#ui = { ...this.#ui, mode: { ...mode, top: pageTop } };
    this.#drawn = isReadable ? { view, pageRows } : null;
    this.#seenQuestion = isReadable && mode.kind === 'ask' ? mode.question : null;
    return lines;
  }

  /** Keys that came in one message. */
  press(keys: readonly string[]): void {
    for (const key of keys) {
      if (this.#drawn === null) {
        // Nothing is to be seen: nothing can be meant but to leave, and nothing can be asked.
        if (key === 'q' || key === 'Ctrl+C') this.#leave('quit');
        continue;
      }
      const { mode } = this.#ui;
      // What was typed before the question was seen is no answer to it.
      if (mode.kind === 'ask' && mode.question !== this.#seenQuestion) return;
      this.#take(press(this.#ui, key, this.#drawn));
    }
  }

  /** Pasted text counts where text is asked for, and nowhere else. A line that is pasted is not entered by it. */
  paste(text: string): void {
    const { mode } = this.#ui;
    const takesWords = mode.kind === 'ask' && mode.question.answer.kind === 'words';
    if (mode.kind !== 'find' && mode.kind !== 'command' && !takesWords) return;
    this.press([...shown(text.trim())].map((character) => (character === ' ' ? 'Space' : character)));
  }

  #takeView(): DeskView {
    const { engine, deskClock, info, notice, offline, clock } = this.#options;
    const now = deskClock.now();
    const view = takeView(engine, {
      now,
      info,
      trades: this.#trades.latest(),
      logs: this.#logs.latest(),
      prices: this.#prices,
      book: this.#book,
      story: this.#stories.lineAt(clock.monotonicMs()),
      notice: notice(),
      offline: offline(),
    });
    this.#prices.see(view.markets, now);
    return view;
  }

  #hear(record: AuditRecord): void {
    this.#stories.hear(record);
    const trade = tradeOfRecord(record);
    if (trade === null) return;
    this.#trades.add(trade);
    const hint = this.#firstCloses.see(trade);
    if (hint !== null) this.#say({ text: hint, tone: 'accent' }, EXPLAINED_FOR_MS);
  }

  #take({ ui, deed }: Step): void {
    this.#ui = ui;
    switch (deed?.kind) {
      case 'refuse':
        return this.#say({ text: deed.why, tone: 'warn' });
      case 'redraw':
        return this.#calls.redraw();
      case 'leave':
        return this.#leave(deed.how);
      case 'read':
        return void this.#read(deed.line);
      case 'complete':
        return void this.#complete(deed.text);
      case 'run':
        return void this.#run(deed.read);
      case 'command':
        return void this.#execute(deed);
      case 'close_and_quit':
        return void this.#closeAll();
      case undefined:
        return;
    }
  }

  #leave(how: Leaving): void {
    this.#calls.leave(how);
  }

  async #execute({ command, done }: Omit<Extract<Deed, { kind: 'command' }>, 'kind'>): Promise<boolean> {
    const { engine } = this.#options;
    try {
      const result = await engine.execute(command, engine.status().account.userId);
      if (result.ok) this.#say({ text: done, tone: 'good' });
      else this.#sayFailure(result.error);
      return result.ok;
    } catch (error) {
      this.#sayFailure(error);
      return false;
    }
  }

  /** Opening stays paused: what is closed must not be opened again before the desk has ended. */
  async #closeAll(): Promise<void> {
    for (const each of closingCommands(this.#takeView())) {
      if (!(await this.#execute(each))) return;
    }
    this.#quitsWhenFlat = true;
    const text = 'closing every position, then quitting; opening is paused, also at the next start (P resumes)';
    this.#say({ text, tone: 'warn' }, EXPLAINED_FOR_MS);
  }

  /** A line of the command line: carried out, after a question where one belongs. */
  async #read(line: string): Promise<void> {
    try {
      const read = await this.#options.commands.read(line);
      const question = this.#drawn === null ? null : askBefore(read, this.#drawn.view);
      if (question === null) await this.#run(read);
      else this.#ui = ask(this.#ui, question).ui;
    } catch (error) {
      this.#sayFailure(error);
    }
  }

  async #run(read: ReadCommand): Promise<void> {
    try {
      const lines = (await read.run(this.#width - PAGE_EDGES)).trimEnd().split('\n').map(shown);
      const [only = ''] = lines;
      const fits = lines.length === 1 && only.length < this.#width;
      if (fits) this.#say({ text: only, tone: 'good' });
      else this.#ui = openPage(this.#ui, { kind: 'answer', title: read.verb, lines }).ui;
    } catch (error) {
      this.#sayFailure(error);
    }
  }

  async #complete(text: string): Promise<void> {
    const offers = await this.#options.commands.complete(text).catch(() => []);
    const { mode } = this.#ui;
    // What was typed in the meantime is not overwritten.
    if (mode.kind === 'command' && mode.text === text) this.#ui = { ...this.#ui, mode: completed(mode, offers) };
  }

  #sayFailure(failure: unknown): void {
    const text =
      failure instanceof AitraderError
        ? `${failure.code}: ${failure.message}. ${failure.hint}`
        : `not done: ${describeFailure(failure)}`;
    this.#say({ text, tone: 'bad' }, EXPLAINED_FOR_MS);
  }

  #say({ text, tone }: Notice, forMs = SAID_FOR_MS): void {
    this.#said = { text: shown(text), tone, until: this.#options.clock.monotonicMs() + forMs };
  }
}
