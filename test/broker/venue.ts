/** A simulated exchange on loopback, a live broker of it, and the means to let time pass until all is quiet. */
import { setTimeout as pause } from 'node:timers/promises';

import { createCcxtBroker } from '../../src/adapters/broker/ccxt/ccxt.ts';
import type { CcxtBrokerOptions, VenueNotice } from '../../src/adapters/broker/ccxt/options.ts';
import { openWebSocket } from '../../src/adapters/broker/ccxt/stream/socket.ts';
import type { OpenSocket } from '../../src/adapters/broker/ccxt/stream/socket.ts';
import type { Account } from '../../src/domain/account.ts';
import { decimal } from '../../src/domain/decimal.ts';
import type { Quantity } from '../../src/domain/decimal.ts';
import type { AccountEvent } from '../../src/domain/event.ts';
import { asId } from '../../src/domain/ids.ts';
import type { Instrument, Market } from '../../src/domain/instrument.ts';
import { Secret } from '../../src/lib/secret.ts';
import { loadCcxtVenue } from '../../src/modes/assets.ts';
import type { Broker } from '../../src/ports/broker.ts';
import { plainStart } from '../../src/sim/accounts/start-state.ts';
import type { Amounts } from '../../src/sim/accounts/start-state.ts';
import { SimServer } from '../../src/sim/server.ts';
import type { SimAddresses } from '../../src/sim/server.ts';
import type { BrokerHarness } from '../../src/testkit/broker/harness.ts';
import { createFakeClock } from '../../src/testkit/fake-clock.ts';
import type { FakeClock } from '../../src/testkit/fake-clock.ts';
import { ErrorLog, HOST_CLOCK } from '../sim/exchange.ts';
import { BASE_PRICE, MARKET_START_MS, ManualMarket } from './manual-market.ts';
import { untilQuiet } from './quiet.ts';

const INSTANCE = 'test';
const PATIENCE_MS = 5_000;
const STEP_MS = 500;

export interface BrokerVenue {
  readonly server: SimServer;
  readonly addresses: SimAddresses;
  readonly market: ManualMarket;
  readonly clock: FakeClock;
  readonly broker: Broker;
  readonly options: CcxtBrokerOptions;
  readonly instrument: Instrument;
  readonly events: AccountEvent[];
  readonly notices: VenueNotice[];
  /** What the exchange and the broker complain of. */
  readonly log: ErrorLog;
  readonly passTime: (ms: number) => Promise<void>;
  /** Puts faults in place, as a client of the control interface does. */
  arm(faults: unknown): Promise<void>;
  /** So many messages are not waited for. */
  excuse(count: number): void;
  /** Drops so many of the next messages of the account's stream. */
  dropMessages(count: number): Promise<void>;
  close(): Promise<void>;
}

export interface VenueTerms {
  readonly market: Market;
  readonly startMs?: number;
  readonly balances?: Amounts;
  readonly options?: Partial<CcxtBrokerOptions>;
  /** A key pair in PEM form, in place of an HMAC secret. */
  readonly pem?: { readonly publicKey: string; readonly privateKey: string };
}

/** Counts the messages with an event that reach the broker, to know when all that was sent has come. */
class Ear {
  #received = 0;
  #isListening = false;

  /** Whether everything has come; `sent` counts what the exchange has sent to whoever listened. */
  hasHeard(sent: number): boolean {
    return !this.#isListening || this.#received >= sent;
  }

  /** So many messages are lost on the way. */
  excuse(count: number): void {
    this.#received += count;
  }

  socket(sent: () => number): OpenSocket {
    return (url, events) => {
      const socket = openWebSocket(url, {
        opened: () => {
          this.#received = sent();
          this.#isListening = true;
          events.opened();
        },
        closed: (cause) => {
          this.#isListening = false;
          events.closed(cause);
        },
        message: (text) => {
          if (text.includes('"e":') && !text.includes('serverShutdown')) this.#received += 1;
          events.message(text);
        },
      });
      const close = (): void => {
        this.#isListening = false;
        socket.close();
      };
      return { send: (text) => socket.send(text), close };
    };
  }
}

async function openServer(
  { balances = { USDT: '100000' }, startMs = MARKET_START_MS, pem }: VenueTerms,
  log: ErrorLog,
): Promise<{ server: SimServer; market: ManualMarket }> {
  const market = new ManualMarket(startMs);
  const credentials = pem === undefined ? null : { apiKey: 'k'.repeat(64), apiSecret: pem.publicKey };
  const server = new SimServer({
    onFailure: (failure) => log.errors.push(failure),
    ...{ source: market, clock: HOST_CLOCK, logger: log, speed: 1, seed: 1, faults: null },
    accounts: [{ accountId: 'main', credentials, start: () => plainStart(balances, new Set(['USDT'])) }],
  });
  return { server, market };
}

export async function openVenue(terms: VenueTerms): Promise<BrokerVenue> {
  const log = new ErrorLog();
  const { server, market } = await openServer(terms, log);
  const addresses = await server.listen(0);
  await server.driver.advance(1_000);
  const clock = createFakeClock(server.driver.now);
  const instruments = market.symbols.flatMap((symbol) => symbol.instruments[terms.market] ?? []);
  const account: Account = {
    ...{ id: asId('live-1'), userId: asId('user'), venue: 'binance', market: terms.market },
    ...{ money: 'live', label: 'mine' },
  };
  const ear = new Ear();
  const { userStreams } = server.venue;
  const notices: VenueNotice[] = [];
  const options: CcxtBrokerOptions = {
    ...{ account, clock, chance: { next: () => 0 }, logger: log, instance: INSTANCE },
    venueClass: await loadCcxtVenue('binance'),
    apiKey: new Secret(addresses.apiKey),
    secret: new Secret(terms.pem?.privateKey ?? addresses.apiSecret),
    hosts: {
      rest: addresses.spotRest,
      userStream: terms.market === 'spot' ? addresses.spotWsApi : addresses.futuresWs.replace(/\/ws$/, ''),
    },
    instruments: async () => instruments,
    onNotice: (notice) => notices.push(notice),
    openSocket: ear.socket(() => userStreams.eventsSent),
    ...terms.options,
  };
  const broker = createCcxtBroker(options);
  const events: AccountEvent[] = [];
  broker.onEvent((event) => events.push(event));
  const settle = async (): Promise<void> => untilQuiet(() => ear.hasHeard(userStreams.eventsSent));
  const venue: BrokerVenue = {
    ...{ server, addresses, market, clock, broker, options, events, notices, log },
    instrument: instruments[0] as Instrument,
    // In small steps: the clocks of broker and exchange go on one after the other, and measure each other.
    passTime: async (ms) => {
      let left = ms;
      do {
        const stepMs = Math.min(left, STEP_MS);
        await clock.advance(stepMs);
        await server.driver.advance(stepMs);
        await settle();
        left -= stepMs;
      } while (left > 0);
    },
    async arm(faults) {
      const answer = await fetch(`${addresses.spotRest}/sim/faults`, { method: 'POST', body: JSON.stringify(faults) });
      if (answer.status !== 200) throw new Error(await answer.text());
    },
    excuse: (count) => ear.excuse(count),
    async dropMessages(count) {
      await venue.arm({ kind: 'drop', stream: 'user', count });
      ear.excuse(count);
    },
    async close() {
      await broker.close();
      await server.close();
    },
  };
  await connected(venue);
  return venue;
}

async function connected({ events, passTime }: BrokerVenue): Promise<void> {
  const endMs = performance.now() + PATIENCE_MS;
  while (!events.some(({ type }) => type === 'account_stream_connected')) {
    if (performance.now() > endMs) throw new Error('the account stream was not connected');
    await pause(2);
    await passTime(0);
  }
}

/** What the contract suite asks of a broker's surroundings. */
export function harnessOf(venue: BrokerVenue): BrokerHarness {
  const { market, server, instrument } = venue;
  const next = (): number => server.driver.now + 1;
  return {
    ...{ broker: venue.broker, instance: INSTANCE, instrument, passTime: venue.passTime },
    basePrice: decimal(String(BASE_PRICE)),
    unit: decimal('0.5') as Quantity,
    takerRate: decimal(instrument.market === 'spot' ? '0.001' : '0.0005'),
    quote: async (quote) => {
      market.quote(next(), quote);
      await venue.passTime(1);
    },
    trade: async (trade) => {
      if (instrument.market === 'futures') market.mark(next(), trade.price);
      market.trade(next(), trade);
      await venue.passTime(1);
    },
    dispose: async () => venue.close(),
  };
}
