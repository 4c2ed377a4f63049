/** The venues of swaps, each with its stand-in, and the answers that the tests put into its mouth. */
import type { SwapVenueName } from '../../../src/adapters/broker/ccxt/swaps/venues.ts';
import type { SwapBrokerOptions } from '../../../src/adapters/broker/ccxt/swaps/swap-broker.ts';
import { BYBIT_KEYS, bybitSpeech } from './bybit.ts';
import { HYPERLIQUID_KEYS, HYPERLIQUID_SYMBOL, hyperliquidSpeech } from './hyperliquid.ts';
import { OKX_SYMBOL } from './okx-rows.ts';
import { OKX_KEYS, okxSpeech } from './okx.ts';
import type { Answered } from './stand-in.ts';
import { StandIn } from './stand-in.ts';
import type { OpenedSwaps, SwapCredentials } from './venue.ts';
import { openSwaps } from './venue.ts';

export interface VenueUnderTest {
  readonly name: SwapVenueName;
  readonly credentials: SwapCredentials;
  readonly standIn: () => Promise<StandIn>;
  /** Where orders are sent to, conditional ones, cancels and questions about an order. */
  readonly paths: { readonly order: string; readonly conditional: string };
  /** How the exchange refuses with a code, or with words where it has none. */
  readonly refusal: (code: string) => Answered;
}

export const VENUES_UNDER_TEST: readonly VenueUnderTest[] = [
  {
    name: 'bybit',
    credentials: BYBIT_KEYS,
    standIn: async () => new StandIn('BTCUSDT', bybitSpeech()),
    paths: { order: '/v5/order/create', conditional: '/v5/order/create' },
    refusal: (code) => ({ body: { retCode: Number(code), retMsg: 'because', result: {}, time: 0 } }),
  },
  {
    name: 'okx',
    credentials: OKX_KEYS,
    standIn: async () => new StandIn(OKX_SYMBOL, okxSpeech()),
    paths: { order: '/api/v5/trade/order', conditional: '/api/v5/trade/order-algo' },
    refusal: (code) => ({ body: { code: '1', msg: '', data: [{ ordId: '', sCode: code, sMsg: 'because' }] } }),
  },
  {
    name: 'hyperliquid',
    credentials: HYPERLIQUID_KEYS,
    standIn: async () => new StandIn(HYPERLIQUID_SYMBOL, await hyperliquidSpeech(), 'USDC'),
    paths: { order: '/exchange', conditional: '/exchange' },
    refusal: (words) => ({
      body: { status: 'ok', response: { type: 'order', data: { statuses: [{ error: words }] } } },
    }),
  },
];

export function venueNamed(name: SwapVenueName): VenueUnderTest {
  const found = VENUES_UNDER_TEST.find((venue) => venue.name === name);
  if (found === undefined) throw new Error(`no venue ${name}`);
  return found;
}

export async function openVenue(
  { name, credentials, standIn }: VenueUnderTest,
  options: Partial<SwapBrokerOptions> = {},
): Promise<OpenedSwaps> {
  return openSwaps({ name, credentials, standIn: await standIn(), options });
}
