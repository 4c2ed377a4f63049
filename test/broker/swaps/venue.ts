/** A live broker of a stand-in exchange, and the means to let time pass until all is quiet. */
import { createSwapBroker } from '../../../src/adapters/broker/ccxt/swaps/swap-broker.ts';
import type { SwapBrokerOptions } from '../../../src/adapters/broker/ccxt/swaps/swap-broker.ts';
import type { SwapVenueName } from '../../../src/adapters/broker/ccxt/swaps/venues.ts';
import { decimal } from '../../../src/domain/decimal.ts';
import type { Quantity } from '../../../src/domain/decimal.ts';
import type { AccountEvent } from '../../../src/domain/event.ts';
import { asId } from '../../../src/domain/ids.ts';
import { Secret } from '../../../src/lib/secret.ts';
import { loadCcxtVenue } from '../../../src/modes/assets.ts';
import type { Broker } from '../../../src/ports/broker.ts';
import type { BrokerHarness } from '../../../src/testkit/broker/harness.ts';
import { createFakeClock } from '../../../src/testkit/fake-clock.ts';
import type { FakeClock } from '../../../src/testkit/fake-clock.ts';
import { silentLogger } from '../../../src/testkit/silent-logger.ts';
import { BASE_PRICE } from '../manual-market.ts';
import { untilQuiet } from '../quiet.ts';
import type { StandIn } from './stand-in.ts';

const INSTANCE = 'test';
const STEP_MS = 500;
/** News are asked for every four seconds at the longest while orders work. */
const NEWS_MS = 4_500;

/** What a stand-in exchange is reached with. */
export interface SwapCredentials {
  readonly apiKey: string;
  readonly secret: string;
  readonly passphrase?: string;
}

export interface SwapSetup {
  readonly name: SwapVenueName;
  readonly standIn: StandIn;
  readonly credentials: SwapCredentials;
  /** What the broker is told otherwise than usual. */
  readonly options?: Partial<SwapBrokerOptions>;
}

export interface OpenedSwaps {
  readonly standIn: StandIn;
  readonly broker: Broker;
  readonly clock: FakeClock;
  readonly options: SwapBrokerOptions;
  readonly events: AccountEvent[];
  readonly passTime: (ms: number) => Promise<void>;
  readonly close: () => Promise<void>;
}

export async function openSwaps({ name, standIn, credentials, options: more }: SwapSetup): Promise<OpenedSwaps> {
  const restUrl = await standIn.listen();
  const clock = createFakeClock(standIn.venue.now);
  const options: SwapBrokerOptions = {
    account: {
      ...{ id: asId('live-1'), userId: asId('user'), venue: name, market: 'futures' },
      ...{ money: 'live', label: 'mine' },
    },
    ...{
      venue: name,
      venueClass: await loadCcxtVenue(name),
      restUrl,
      settleAsset: standIn.instrument.quote,
      clock,
      logger: silentLogger,
    },
    marginMode: 'isolated',
    apiKey: new Secret(credentials.apiKey),
    secret: new Secret(credentials.secret),
    passphrase: credentials.passphrase === undefined ? null : new Secret(credentials.passphrase),
    ...{ instance: INSTANCE, instruments: async () => [standIn.instrument], ...more },
  };
  const broker = createSwapBroker(options);
  const events: AccountEvent[] = [];
  broker.onEvent((event) => events.push(event));
  const passTime = async (ms: number): Promise<void> => {
    let left = ms;
    do {
      const stepMs = Math.min(left, STEP_MS);
      await clock.advance(stepMs);
      standIn.venue.advanceTo(clock.now());
      await untilQuiet();
      left -= stepMs;
    } while (left > 0);
  };
  await passTime(NEWS_MS);
  const close = async (): Promise<void> => {
    await broker.close();
    await standIn.close();
  };
  return { standIn, broker, clock, options, events, passTime, close };
}

/** What the contract suite asks of a broker's surroundings. */
export function harnessOf({ standIn, broker, passTime, close }: OpenedSwaps, unit: string): BrokerHarness {
  const { venue, instrument } = standIn;
  const { symbol } = instrument;
  // Whatever happens is heard of with the next question.
  const passNews = async (ms: number): Promise<void> => passTime(Math.max(ms, NEWS_MS));
  return {
    ...{ broker, instance: INSTANCE, instrument, passTime: passNews, dispose: close },
    basePrice: decimal(String(BASE_PRICE)),
    unit: decimal(unit) as Quantity,
    takerRate: decimal('0.0005'),
    quote: async (quote) => {
      venue.quote({ symbol, ...quote });
      await passTime(1);
    },
    trade: async (trade) => {
      venue.mark(symbol, trade.price);
      venue.trade({ symbol, ...trade });
      await passTime(1);
    },
  };
}
