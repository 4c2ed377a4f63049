import type { Market } from '../domain/instrument.ts';
import type { Chance } from '../ports/chance.ts';
import { MarketData } from './data/market-data.ts';
import { FaultInjector } from './faults/fault-injector.ts';
import type { MarketSource } from './market/source.ts';
import type { DeskListener } from './state/desk.ts';
import { Desk } from './state/desk.ts';
import { liquidationShown } from './state/liquidations.ts';
import { StreamHub } from './streams/hub.ts';
import { StreamPublisher } from './streams/publisher.ts';
import { FuturesAccountEvents, SpotAccountEvents } from './user-data/account-events.ts';
import { UserStreams } from './user-data/user-streams.ts';

const MARKETS: readonly Market[] = ['spot', 'futures'];
const FIRST_ORDER_ID: Readonly<Record<Market, number>> = { spot: 28_000_000_000, futures: 389_000_000_000 };
const UNKNOWN_DECIMALS = { priceDecimals: 8, quantityDecimals: 8 };

/** The exchange without its network and its pace: market, matching, accounts, streams and faults. */
export class SimVenue {
  readonly data: MarketData;
  readonly desks: Readonly<Record<Market, Desk>>;
  readonly hubs: Readonly<Record<Market, StreamHub>>;
  readonly publishers: Readonly<Record<Market, StreamPublisher>>;
  readonly userStreams: UserStreams;
  readonly injector = new FaultInjector(() => this.data.nowMs);

  constructor(source: MarketSource, random: Chance) {
    const { injector } = this;
    this.hubs = { spot: this.#hub('spot'), futures: this.#hub('futures') };
    this.publishers = {
      spot: new StreamPublisher('spot', this.hubs.spot, source.rawStreams),
      futures: new StreamPublisher('futures', this.hubs.futures, source.rawStreams),
    };
    this.userStreams = new UserStreams((frame, connection, delayMs) => {
      if (delayMs > 0) injector.streams.hold(frame, connection, delayMs);
      else injector.streams.deliver('user', frame, connection);
    });
    const opening = { startMs: source.startMs, data: () => this.data, random, faults: injector.orders };
    const listeners = { spot: this.#spotListener(), futures: this.#futuresListener() };
    const desk = (market: Market): Desk =>
      new Desk({ ...opening, market, listener: listeners[market], firstOrderId: FIRST_ORDER_ID[market] });
    this.desks = { spot: desk('spot'), futures: desk('futures') };
    const streams = [this.publishers.spot, this.publishers.futures];
    this.data = new MarketData(source, { streams, matching: [this.desks.spot.mirror, this.desks.futures.mirror] });
    for (const market of MARKETS) {
      this.desks[market].open(this.data.symbols);
      this.hubs[market].onChange = () => this.publishers[market].refresh(this.data.symbols);
    }
  }

  /** True when something is due at fixed times: streams, or faults that wait. */
  get hasTimedEvents(): boolean {
    const { spot, futures } = this.publishers;
    return spot.hasTimedStreams || futures.hasTimedStreams || this.injector.isWaiting;
  }

  /** Market time has reached a time at which streams may be due. */
  tick(nowMs: number): void {
    this.publishers.spot.onTick(nowMs);
    this.publishers.futures.onTick(nowMs);
  }

  /** Market time has reached `nowMs`, its events included: scheduled actions and faults that are due happen. */
  reach(nowMs: number): void {
    this.desks.spot.advanceTo(nowMs);
    this.desks.futures.advanceTo(nowMs);
    this.injector.release(nowMs);
  }

  #hub(market: Market): StreamHub {
    const { streams } = this.injector;
    return new StreamHub(market, (stream, frame, connection) => streams.deliver(stream, frame, connection));
  }

  #spotListener(): DeskListener {
    return new SpotAccountEvents(this.userStreams, this.injector.orders);
  }

  /** Futures events go to the accounts, liquidations also to the public streams. */
  #futuresListener(): DeskListener {
    const find = (symbol: string) => this.data.find('futures', symbol);
    const decimalsOf = (symbol: string) => find(symbol)?.format('futures') ?? UNKNOWN_DECIMALS;
    const events = new FuturesAccountEvents(this.userStreams, this.injector.orders, decimalsOf);
    const showLiquidation = liquidationShown(this.publishers.futures, find);
    return {
      onEvent(event, context) {
        showLiquidation(event);
        events.onEvent(event, context);
      },
    };
  }
}
