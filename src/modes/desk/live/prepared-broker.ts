import { AitraderError } from '../../../domain/errors.ts';
import type { ClientOrderId, VenueSymbol } from '../../../domain/ids.ts';
import type { Order } from '../../../domain/order/order.ts';
import type { MarginMode } from '../../../domain/position/position.ts';
import { SECOND_MS } from '../../../domain/time.ts';
import type {
  AccountSnapshot,
  Broker,
  OrderAnswer,
  ReportedFill,
  RequestOutcome,
  Submission,
} from '../../../ports/broker.ts';

/** Before a venue that gave no clear answer is asked again. */
const RETRY_MS = SECOND_MS;

/** How futures positions are to be held. */
export interface FuturesTerms {
  readonly leverage: number;
  readonly marginMode: MarginMode;
}

/**
 * Sets leverage and margin mode of a symbol before its first entry: nothing is opened at terms that nobody chose. Symbols are
 * prepared anew after `forget`, as the terms can be changed by hand at the venue.
 */
export class PreparedBroker implements Broker {
  readonly account: Broker['account'];
  readonly capabilities: Broker['capabilities'];
  readonly #broker: Broker;
  readonly #terms: FuturesTerms;
  readonly #prepared = new Map<VenueSymbol, Promise<RequestOutcome | null>>();
  readonly #lookers: ((snapshot: AccountSnapshot) => void)[] = [];
  readonly #fillLookers: ((fills: readonly ReportedFill[]) => void)[] = [];
  /** Entries that wait for their symbol, and will be sent. */
  readonly #waiting = new Set<ClientOrderId>();

  constructor(broker: Broker, terms: FuturesTerms) {
    this.account = broker.account;
    this.capabilities = broker.capabilities;
    this.#broker = broker;
    this.#terms = terms;
  }

  /** What was set may not hold any more. */
  forget(): void {
    this.#prepared.clear();
  }

  async submit(submission: Submission): Promise<RequestOutcome> {
    const { market, leg, symbol } = submission.intent;
    if (market !== 'futures' || leg !== 'entry') return this.#broker.submit(submission);
    const { clientOrderId } = submission;
    this.#waiting.add(clientOrderId);
    const problem = await this.#prepare(symbol).finally(() => this.#waiting.delete(clientOrderId));
    return problem ?? this.#broker.submit(submission);
  }

  async snapshot(): Promise<AccountSnapshot> {
    const snapshot = await this.#broker.snapshot();
    for (const look of this.#lookers) look(snapshot);
    return snapshot;
  }

  /** Hears of the account whenever it is asked for. */
  onSnapshot(look: (snapshot: AccountSnapshot) => void): void {
    this.#lookers.push(look);
  }

  async fillsSince(...asked: Parameters<Broker['fillsSince']>): Promise<readonly ReportedFill[]> {
    const fills = await this.#broker.fillsSince(...asked);
    for (const look of this.#fillLookers) look(fills);
    return fills;
  }

  /** Hears of fills whenever they are asked for. */
  onFills(look: (fills: readonly ReportedFill[]) => void): void {
    this.#fillLookers.push(look);
  }

  /** The venue does not know an entry that has not been sent yet; that it never will is another matter. */
  async query(order: Order): Promise<OrderAnswer> {
    const isToCome = (): boolean => this.#waiting.has(order.clientOrderId);
    const wasToCome = isToCome();
    const answer = await this.#broker.query(order);
    return answer.kind === 'not_found' && (wasToCome || isToCome()) ? { ...answer, final: false } : answer;
  }

  readonly instruments: Broker['instruments'] = () => this.#broker.instruments();
  readonly submitList: Broker['submitList'] = (submissions) => this.#broker.submitList(submissions);
  readonly cancel: Broker['cancel'] = (order) => this.#broker.cancel(order);
  readonly replace: Broker['replace'] = (order, replacement) => this.#broker.replace(order, replacement);
  readonly fundingSince: Broker['fundingSince'] = (sinceMs) => this.#broker.fundingSince(sinceMs);
  readonly setLeverage: Broker['setLeverage'] = (...terms) => this.#broker.setLeverage(...terms);
  readonly onEvent: Broker['onEvent'] = (listener) => this.#broker.onEvent(listener);
  readonly ownerOf: Broker['ownerOf'] = (clientOrderId) => this.#broker.ownerOf(clientOrderId);
  readonly close: Broker['close'] = () => this.#broker.close();

  /** @returns why nothing may be opened; null when all is set */
  async #prepare(symbol: VenueSymbol): Promise<RequestOutcome | null> {
    const known = this.#prepared.get(symbol);
    const asked = known ?? this.#set(symbol);
    this.#prepared.set(symbol, asked);
    const problem = await asked;
    if (problem !== null && this.#prepared.get(symbol) === asked) this.#prepared.delete(symbol);
    return problem;
  }

  async #set(symbol: VenueSymbol): Promise<RequestOutcome | null> {
    const { leverage, marginMode } = this.#terms;
    try {
      await this.#broker.setLeverage({ market: 'futures', symbol }, leverage, marginMode);
      return null;
    } catch (failure) {
      if (!(failure instanceof AitraderError)) throw failure;
      const { code, message } = failure;
      if (code === 'EXCHANGE_UNREACHABLE') return { kind: 'not_executed', cause: message, retryAfterMs: RETRY_MS };
      return { kind: 'refused', code, reason: message };
    }
  }
}
