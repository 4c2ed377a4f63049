import type { AccountEvent } from '../../../domain/event.ts';
import type { OrderId } from '../../../domain/ids.ts';
import type { Instrument, InstrumentRef, Market } from '../../../domain/instrument.ts';
import { parseClientOrderId } from '../../../domain/order/client-order-id.ts';
import type { Order, OrderTerms } from '../../../domain/order/order.ts';
import type { MarginMode } from '../../../domain/position/position.ts';
import type {
  AccountSnapshot,
  Broker,
  BrokerCapabilities,
  FundingReport,
  OrderAnswer,
  ReportedFill,
  RequestOutcome,
  Submission,
} from '../../../ports/broker.ts';
import { compileOptions } from './options.ts';
import type { CompiledOptions, PaperBrokerOptions } from './options.ts';
import { PaperDesk } from './paper-desk.ts';
import type { PaperMarketInput } from './paper-market.ts';
import { PaperRequests } from './paper-requests.ts';
import { Post } from './post.ts';
import { SavedNews } from './saved-news.ts';

const ALL_TYPES: ReadonlySet<OrderTerms['type']> = new Set<OrderTerms['type']>([
  'market',
  'limit',
  'stop_market',
  'stop_limit',
  'take_profit',
  'trailing_stop',
]);

/** How long an order waits that came while too much waited to be saved. */
const RETRY_AFTER_MS = 1_000;

const CLOSED: RequestOutcome = { kind: 'not_executed', cause: 'the paper broker is closed', retryAfterMs: 0 };
const HELD: RequestOutcome = {
  kind: 'not_executed',
  cause: 'the paper account cannot be saved now',
  retryAfterMs: RETRY_AFTER_MS,
};

/** Who waits for an answer. `unsaved` makes of it what is said when its effects could not be saved. */
interface Caller<Answer> {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
  readonly unsaved: (answer: Answer) => Answer;
}

/**
 * The paper account: a broker over the venue model (matching/), fed with the prices of a real or simulated market. One
 * request takes `latencyMs` to the venue and is answered there; its outcome, and every fill, is told only when the
 * account's state is saved. Under a fake clock the same calls and prices give the same answers, ids included.
 *
 * Stops rest in the account and survive a restart, but while the program is off nothing happens to the account: prices of
 * that time fill and trigger nothing, funding of that time is not paid.
 */
class PaperBroker implements Broker {
  readonly account: Broker['account'];
  readonly capabilities: BrokerCapabilities;
  readonly #options: CompiledOptions;
  readonly #desk: PaperDesk;
  readonly #requests: PaperRequests;
  readonly #post: Post;
  readonly #news: SavedNews;
  readonly #listeners = new Set<(event: AccountEvent) => void>();
  /** Client order ids that are on their way to the venue. */
  readonly #underway = new Set<string>();
  #isClosed = false;

  constructor(options: CompiledOptions) {
    const { account, clock } = options;
    this.account = account;
    this.capabilities = capabilitiesOf(account.market);
    this.#options = options;
    this.#post = new Post(clock, options.latencyMs);
    const save = async (): Promise<void> => options.save(this.#desk.text());
    this.#news = new SavedNews(clock, save, options.onSaveFailed);
    this.#desk = new PaperDesk(options, {
      isOpen: () => !this.#isClosed && !this.#news.isFull,
      tell: (event) => this.#news.tell(() => this.#tell(event)),
      changed: () => this.#news.changed(),
      changedQuietly: () => this.#news.changedQuietly(),
      settle: () => this.#news.settle(),
    });
    this.#requests = new PaperRequests(this.#desk, options);
  }

  get market(): PaperMarketInput {
    return this.#desk.market;
  }

  async instruments(): Promise<readonly Instrument[]> {
    return this.#options.instruments;
  }

  submit(submission: Submission): Promise<RequestOutcome> {
    return this.#change(() => this.#requests.submit(submission), [submission]);
  }

  submitList(submissions: readonly Submission[]): Promise<RequestOutcome> {
    return this.#change(() => this.#requests.submitList(submissions), submissions);
  }

  cancel(order: Order): Promise<RequestOutcome> {
    return this.#change(() => this.#requests.cancel(order), []);
  }

  replace(order: Order, replacement: Submission): Promise<RequestOutcome> {
    return this.#change(() => this.#requests.replace(order, replacement), [replacement]);
  }

  query({ clientOrderId }: Order): Promise<OrderAnswer> {
    return this.#read(() => {
      const known = this.#desk.orders.find(clientOrderId);
      if (known !== undefined) return { kind: 'found', updates: [...known.history] };
      return { kind: 'not_found', final: !this.#underway.has(clientOrderId) };
    });
  }

  snapshot(): Promise<AccountSnapshot> {
    return this.#read(() => this.#desk.views.snapshot(this.#options.clock.now()));
  }

  fillsSince(instrument: InstrumentRef, sinceMs: number): Promise<readonly ReportedFill[]> {
    return this.#read(() => this.#desk.orders.fills(instrument, sinceMs));
  }

  fundingSince(sinceMs: number): Promise<readonly FundingReport[]> {
    return this.#read(() => this.#desk.funding.since(sinceMs));
  }

  async setLeverage(instrument: InstrumentRef, leverage: number, marginMode: MarginMode): Promise<void> {
    await this.#read(() => this.#requests.setLeverage(instrument, leverage, marginMode));
  }

  onEvent(listener: (event: AccountEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  ownerOf(clientOrderId: string): OrderId | null {
    if (!this.#desk.views.isOwn(clientOrderId)) return null;
    const known = this.#desk.orders.find(clientOrderId);
    if (known !== undefined) return known.orderId;
    const parts = parseClientOrderId(clientOrderId);
    // The id of an entry names its order; that of any other leg the position.
    return parts?.leg === 'entry' ? (parts.subject as OrderId) : null;
  }

  /** Requests that are still on their way are not executed; what happened before is saved once more. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#listeners.clear();
    this.#post.close();
    await this.#news.close();
  }

  /** It was executed, and nothing will be known of that by the next run. */
  #lost(): RequestOutcome {
    const notFoundFinalAt = this.#options.clock.now();
    return { kind: 'unknown', cause: 'the paper account could not be saved', notFoundFinalAt };
  }

  #tell(event: AccountEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  #change(execute: () => RequestOutcome, submissions: readonly Submission[]): Promise<RequestOutcome> {
    if (this.#isClosed) return Promise.resolve(CLOSED);
    for (const { clientOrderId } of submissions) this.#underway.add(clientOrderId);
    const arrive = (): void => {
      for (const { clientOrderId } of submissions) this.#underway.delete(clientOrderId);
    };
    return new Promise((resolve, reject) => {
      const deliver = (): void => {
        arrive();
        if (this.#news.isFull) resolve(HELD);
        else this.#answer(execute, { resolve, reject, unsaved: () => this.#lost() });
      };
      const abandon = (): void => {
        arrive();
        resolve(CLOSED);
      };
      this.#post.send({ deliver, abandon });
    });
  }

  #read<Answer>(look: () => Answer): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const deliver = (): void => this.#answer(look, { resolve, reject, unsaved: (answer) => answer });
      if (this.#isClosed) deliver();
      else this.#post.send({ deliver, abandon: deliver });
    });
  }

  /** Executes what has arrived, and answers when what came of it is saved. */
  #answer<Answer>(execute: () => Answer, { resolve, reject, unsaved }: Caller<Answer>): void {
    try {
      this.#desk.catchUp();
      const answer = execute();
      this.#news.tell((isSaved) => resolve(isSaved ? answer : unsaved(answer)));
    } catch (error) {
      reject(error);
    }
    this.#desk.settle();
  }
}

function capabilitiesOf(market: Market): BrokerCapabilities {
  return {
    orderTypes: { spot: ALL_TYPES, futures: ALL_TYPES },
    residentStops: true,
    oco: market === 'spot',
    atomicReplace: true,
    triggerSources: new Set(market === 'spot' ? (['last'] as const) : (['last', 'mark'] as const)),
    // As at Binance, so that paper asks of the program what live trading asks.
    maxTrailingDeltaBps: market === 'spot' ? 2_000 : 1_000,
    accountStream: true,
    selfTradePrevention: true,
  };
}

/**
 * Opens the paper account, or goes on with the saved one, and gives the input for the prices of its market.
 * @throws AitraderError `ROW_INVALID` when `saved` is damaged, another account's, or holds a symbol that is gone;
 *   `DECIMAL_INVALID` for a balance or fee that is too fine
 */
export function createPaperBroker(options: PaperBrokerOptions): {
  readonly broker: Broker;
  readonly market: PaperMarketInput;
} {
  const broker = new PaperBroker(compileOptions(options));
  return { broker, market: broker.market };
}
