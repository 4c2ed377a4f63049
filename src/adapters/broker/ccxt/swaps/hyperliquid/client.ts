import type { hyperliquid } from 'ccxt';

import { SECOND_MS } from '../../../../../domain/time.ts';
import type { ApiClient, RawAnswer, RequestCost, VenueProtocol } from '../../connection/api-client.ts';
import { JudgedRefusal, NotSent } from '../../connection/failures.ts';
import type { RefusalMeaning } from '../../connection/failures.ts';
import { fieldsOf, integerOf, isFields, optionalText } from '../../connection/fields.ts';
import { openSwapClient } from '../swap-keys.ts';
import type { SwapKeys } from '../swap-keys.ts';
import { JUDGED_PROTOCOL, judgedStatus } from '../venue-words.ts';

/** Actions say until when they may be carried out. */
export const EXPIRES_AFTER_MS = 5 * SECOND_MS;

/** An address has used up its requests: it gets one in ten seconds. */
const LIMIT_WAIT_MS = 10 * SECOND_MS;

/**
 * The exchange refuses in words. Our code for each, and what it means.
 * https://hyperliquid.gitbook.io/hyperliquid-docs/for-developers/api/error-responses
 */
const WORDS: readonly (readonly [pattern: RegExp, code: string, meaning: RefusalMeaning])[] = [
  [/never placed, already canceled, or filled/i, 'GONE', 'gone'],
  [/reduce only order would increase/i, 'REDUCE_ONLY', 'nothing_to_reduce'],
  [/invalid tp\/sl price/i, 'BAD_TRIGGER_PX', 'would_trigger'],
  [/cloid.*(duplicate|already|exists)|duplicate.*cloid/i, 'DUPLICATE_CLOID', 'duplicate'],
  [/divisible by tick size|invalid price/i, 'TICK', 'refused'],
  [/minimum value/i, 'MIN_TRADE_NTL', 'refused'],
  [/insufficient margin/i, 'PERP_MARGIN', 'refused'],
  [/post only order would have immediately matched/i, 'BAD_ALO_PX', 'refused'],
  [/could not immediately match/i, 'IOC_CANCEL', 'refused'],
  [/no liquidity available/i, 'NO_LIQUIDITY', 'refused'],
  [/(zero|invalid) size/i, 'SIZE', 'refused'],
  [/too many (cumulative )?requests/i, 'RATE_LIMIT', 'limit'],
  [/nonce|expired|expiresafter/i, 'NONCE', 'clock'],
  [/wallet .*does not exist|invalid signature|failed to deserialize/i, 'UNKNOWN_WALLET', 'keys'],
  [/must deposit/i, 'NO_DEPOSIT', 'locked'],
];

function judgedWords({ request }: RawAnswer, words: string): JudgedRefusal {
  const [, code = 'REFUSED', meaning = 'refused'] = WORDS.find(([pattern]) => pattern.test(words)) ?? [];
  const retryAfterMs = meaning === 'limit' ? LIMIT_WAIT_MS : null;
  return new JudgedRefusal(request, { meaning, code, reason: words, retryAfterMs });
}

/** `{"status":"err","response":"..."}`, or `{"status":"ok","response":{"data":{"statuses":[{"error":"..."}]}}}` */
function refusalIn(answer: RawAnswer): JudgedRefusal | null {
  const { parsed } = answer;
  const failure = judgedStatus(answer);
  if (!isFields(parsed) || failure !== null) return failure;
  if (parsed['status'] === 'err') return judgedWords(answer, String(parsed['response']));
  const error = optionalText(parsed, 'error') ?? errorIn(parsed['response']);
  return error === null ? null : judgedWords(answer, error);
}

function errorIn(response: unknown): string | null {
  const data = isFields(response) ? response['data'] : null;
  const statuses: unknown = isFields(data) ? data['statuses'] : null;
  if (!Array.isArray(statuses)) return null;
  const failed = (statuses as unknown[]).filter(isFields).find((status) => 'error' in status);
  return failed === undefined ? null : String(failed['error']);
}

const PROTOCOL: VenueProtocol = {
  ...JUDGED_PROTOCOL,
  clock: {
    method: 'publicPostInfo',
    params: { type: 'exchangeStatus' },
    read: (answer) => integerOf(fieldsOf(answer), 'time'),
  },
  judge: refusalIn,
};

type Params = Readonly<Record<string, unknown>>;

/** Questions about one account, and deeds that a wallet signs for it. */
export class HyperliquidClient {
  /** The address of the account. */
  readonly account: string;
  readonly #exchange: hyperliquid;
  readonly #client: ApiClient<hyperliquid>;
  #lastNonce = 0;

  /** @throws Error when the keys' `venueClass` is no class of ccxt */
  constructor(keys: SwapKeys) {
    this.account = keys.apiKey.reveal();
    const credentials = { walletAddress: this.account, privateKey: keys.secret.reveal() };
    const { exchange, client } = openSwapClient<hyperliquid>(keys, PROTOCOL, credentials);
    this.#exchange = exchange;
    this.#client = client;
  }

  /** The venue's time. */
  get venueNow(): number {
    return this.#client.venueNow;
  }

  /** The address of the wallet that signs. @throws NotSent when its key is no private key */
  get signer(): string {
    return this.#signed(() => this.#exchange.ethGetAddressFromPrivateKey(this.#exchange.privateKey));
  }

  /** https://hyperliquid.gitbook.io/hyperliquid-docs/for-developers/api/info-endpoint */
  async ask(question: Params & { readonly type: string }, cost: RequestCost): Promise<unknown> {
    return this.#client.call('publicPostInfo', question, cost);
  }

  /**
   * https://hyperliquid.gitbook.io/hyperliquid-docs/for-developers/api/exchange-endpoint
   * @param action the order of its members is part of what is signed
   */
  async act(action: Params, cost: RequestCost): Promise<unknown> {
    // The clock is measured with the first question; the time must be known before it is signed.
    if (this.#lastNonce === 0) await this.#client.measureClock();
    const nonce = Math.max(this.#lastNonce + 1, Math.round(this.venueNow));
    this.#lastNonce = nonce;
    const expiresAfter = nonce + EXPIRES_AFTER_MS;
    const signature = this.#signed(() => this.#exchange.signL1Action(action, nonce, undefined, expiresAfter));
    return this.#client.call('privatePostExchange', { action, nonce, signature, expiresAfter }, cost);
  }

  #signed<Value>(sign: () => Value): Value {
    try {
      return sign();
    } catch {
      throw new NotSent('the request cannot be signed; check the address and the private key', null);
    }
  }
}
