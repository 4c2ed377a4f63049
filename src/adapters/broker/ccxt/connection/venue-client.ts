import { createHmac, createPrivateKey, sign } from 'node:crypto';
import type { binance } from 'ccxt';

import type { Market } from '../../../../domain/instrument.ts';
import { SECOND_MS } from '../../../../domain/time.ts';
import type { WeightBudget } from '../../../../lib/weight-budget.ts';
import type { CcxtBrokerOptions } from '../options.ts';
import { ApiClient, TIMEOUT_MS } from './api-client.ts';
import type { RawAnswer, VenueProtocol } from './api-client.ts';
import { VenueRefusal } from './failures.ts';
import type { Fields } from './fields.ts';
import { fieldsOf, integerOf, isFields, optionalText } from './fields.ts';
import { isRateLimited, limitWaitMs } from './outcome.ts';

/** Requests carry this; the venue takes them no longer after their timestamp. */
export const RECV_WINDOW_MS = 5 * SECOND_MS;
const BAD_TIMESTAMP = -1021;

/** What a client of the venue is made of. */
export type ClientOptions = Pick<
  CcxtBrokerOptions,
  'account' | 'venueClass' | 'apiKey' | 'secret' | 'hosts' | 'clock' | 'transport'
> & { readonly budget: WeightBudget };

/** Requests to Binance. */
export class VenueClient extends ApiClient<binance> {
  readonly #apiKey: string;
  readonly #secret: string;

  constructor(exchange: binance, options: ClientOptions) {
    const { clock, budget, transport, account } = options;
    super({ exchange, protocol: protocolOf(account.market), clock, budget, transport });
    this.#apiKey = options.apiKey.reveal();
    this.#secret = options.secret.reveal();
  }

  /** Parameters of a WebSocket API request with their signature: https://developers.binance.com/docs/binance-spot-api-docs/websocket-api/request-security */
  signedParams(): Readonly<Record<string, string | number>> {
    const params = { apiKey: this.#apiKey, recvWindow: RECV_WINDOW_MS, timestamp: this.venueNow };
    const payload = `apiKey=${params.apiKey}&recvWindow=${params.recvWindow}&timestamp=${params.timestamp}`;
    return { ...params, signature: this.#signatureOf(payload) };
  }

  #signatureOf(payload: string): string {
    if (!this.#secret.includes('PRIVATE KEY')) {
      return createHmac('sha256', this.#secret).update(payload).digest('hex');
    }
    const key = createPrivateKey(this.#secret);
    const algorithm = key.asymmetricKeyType === 'rsa' ? 'sha256' : null;
    return sign(algorithm, Buffer.from(payload), key).toString('base64');
  }
}

function protocolOf(market: Market): VenueProtocol {
  return {
    clock: {
      method: market === 'spot' ? 'publicGetTime' : 'fapiPublicGetTime',
      params: {},
      read: (answer) => integerOf(fieldsOf(answer), 'serverTime'),
    },
    judge: refusalIn,
    limitMs: (failure) => (failure instanceof VenueRefusal && isRateLimited(failure) ? limitWaitMs(failure) : null),
    isBadTimestamp: (failure) => failure instanceof VenueRefusal && failure.code === BAD_TIMESTAMP,
    usedWeight(headers) {
      const used = Number(headers['X-Mbx-Used-Weight-1m']);
      return used > 0 ? used : null;
    },
  };
}

/** Whatever is not answered well is a refusal with status and code. */
function refusalIn({ request, status, headers, parsed, body }: RawAnswer): VenueRefusal | null {
  const fields: Fields = isFields(parsed) ? parsed : {};
  const code = Number(optionalText(fields, 'code') ?? Number.NaN);
  if (status >= 200 && status < 300 && !(code < 0)) return null;
  const seconds = Number(headers['Retry-After']);
  return new VenueRefusal(request, {
    status,
    code: Number.isSafeInteger(code) ? code : null,
    reason: optionalText(fields, 'msg') ?? body.slice(0, 80),
    retryAfterMs: seconds > 0 ? seconds * SECOND_MS : null,
    answer: parsed,
  });
}

type VenueClass = new (config: Readonly<Record<string, unknown>>) => binance;

/**
 * A client with the account's keys, pointed at its hosts.
 * @throws Error when `venueClass` is no class of ccxt
 */
export function openVenueClient(options: ClientOptions): VenueClient {
  const exchange = new (options.venueClass as VenueClass)({
    apiKey: options.apiKey.reveal(),
    secret: options.secret.reveal(),
    enableRateLimit: false,
    timeout: TIMEOUT_MS,
    options: { recvWindow: RECV_WINDOW_MS },
  });
  const { rest } = options.hosts;
  exchange.urls['api'] = {
    public: `${rest}/api/v3`,
    private: `${rest}/api/v3`,
    sapi: `${rest}/sapi/v1`,
    fapiPublic: `${rest}/fapi/v1`,
    fapiPrivate: `${rest}/fapi/v1`,
    fapiPrivateV3: `${rest}/fapi/v3`,
  };
  return new VenueClient(exchange, options);
}
