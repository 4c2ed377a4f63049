import type { Draw } from './draw.ts';
import { atoms } from '../../src/matching/atoms.ts';
import type { World } from './world.ts';
import { ACCOUNT } from './world.ts';

/** What goes wrong at the exchange. */
export type Disturbance =
  | 'sockets'
  | 'rate_limit'
  | 'ban'
  | 'skew'
  | 'tick'
  | 'halt'
  | 'late_fill'
  | 'partial_fill'
  | 'request_fault'
  | 'funding'
  | 'liquidate'
  | 'delist'
  | 'hedge';

type AddFault = (fault: { readonly kind: string; readonly [name: string]: unknown }) => string;

/** A thin book takes a market order in parts. */
const MOST_TURNS = 50;
/** Every symbol has had a new price by then. */
const GRID_MS = 8_000;

/** Faults of the exchange, in the words of its control interface; what is to pass is undone after a while. */
export class Disturbances {
  readonly #world: World;
  readonly #draw: Draw;
  #legs = 0;
  /** Ticks by symbol, in multiples of that of the start. */
  readonly #grids = new Map<string, number>();
  readonly #undo: { readonly at: number; readonly act: () => void }[] = [];

  constructor(world: World, draw: Draw) {
    this.#world = world;
    this.#draw = draw;
  }

  /** Undoes what has lasted long enough. */
  passTime(): void {
    const now = this.#world.clock.now();
    for (const undo of this.#undo.filter(({ at }) => at <= now)) {
      this.#undo.splice(this.#undo.indexOf(undo), 1);
      undo.act();
    }
  }

  /** Nothing is wrong any more. */
  end(): void {
    const { exchange, plan, market } = this.#world;
    exchange.clearFaults();
    for (const { act } of this.#undo.splice(0)) act();
    for (const symbol of plan.traded) {
      this.#grids.set(symbol, 1);
      this.#setTick(symbol, 1);
      market.regrid(symbol, 1);
    }
  }

  /** @returns what is to be said of it */
  cause(what: Disturbance): string {
    const { plan, exchange, market: prices } = this.#world;
    const draw = this.#draw;
    const { market } = plan;
    const symbol = draw.pick(plan.traded);
    const add: AddFault = (fault) => {
      exchange.addFaults(fault);
      return JSON.stringify(fault);
    };
    switch (what) {
      case 'sockets':
        return add({ kind: draw.pick(['cut_sockets', 'freeze_sockets', 'server_shutdown']), group: 'user' });
      case 'rate_limit':
        return add({ kind: 'rate_limit', market });
      case 'ban':
        return add({ kind: 'ban', market, seconds: draw.whole(1, 60) });
      case 'skew': {
        this.#undoIn(draw.between(5_000, 60_000), () => exchange.addFaults({ kind: 'clock_skew', skewMs: 0 }));
        return add({ kind: 'clock_skew', skewMs: Math.round(draw.between(-8_000, 8_000)) });
      }
      case 'tick': {
        const grid = draw.pick([0.1, 1, 10]);
        this.#grids.set(symbol, grid);
        // A coarser one holds once the prices of before are gone.
        if (grid > 1) this.#undoIn(GRID_MS, () => this.#setTick(symbol, grid));
        else this.#setTick(symbol, grid);
        prices.regrid(symbol, Math.max(1, grid));
        return `${symbol} x ${grid}`;
      }
      case 'halt': {
        const { delisted } = this.#world;
        if (delisted.has(symbol)) return `${symbol} has left`;
        const resume = { kind: 'symbol_status', market, symbol, status: 'trading' };
        this.#undoIn(draw.between(5_000, 60_000), () =>
          delisted.has(symbol) ? undefined : exchange.addFaults(resume),
        );
        return add({ kind: 'symbol_status', market, symbol, status: 'halted' });
      }
      case 'late_fill':
        return add({ kind: 'late_fill', count: draw.whole(1, 3), delayMs: Math.round(draw.between(500, 90_000)) });
      case 'partial_fill':
        return add({ kind: 'partial_fill', count: draw.whole(1, 2), fraction: draw.between(0.05, 0.9) });
      case 'funding':
        return add({ kind: 'funding', symbol, rate: draw.between(-0.005, 0.005) });
      case 'delist': {
        const { delisted } = this.#world;
        if (delisted.size > 0) return 'one has left already';
        delisted.add(symbol);
        this.#undoIn(draw.between(30_000, 300_000), () => this.#world.unlist(symbol));
        return add({ kind: 'symbol_status', market, symbol, status: 'delisted' });
      }
      case 'hedge':
        return this.hedge();
      case 'request_fault':
        return this.#faultOfRequest(add);
      case 'liquidate': {
        const { positions } = exchange.venue.desks.futures.venue.views.futuresAccount(ACCOUNT);
        const within = positions.filter((each) => each.quantity !== 0n && each.liquidationPrice !== null);
        return within.length === 0
          ? 'nothing to liquidate'
          : add({ kind: 'liquidate', symbol: draw.pick(within).symbol });
      }
    }
  }

  /** The user switches to a long and a short position side by side, which the exchange allows to an empty account only. */
  hedge(): string {
    const world = this.#world;
    const draw = this.#draw;
    const { venue } = world.exchange.venue.desks.futures;
    if (world.isHedged || venue.setPositionMode(ACCOUNT, 'hedge').ok === false) return 'not possible now';
    [world.isHedged, world.wasHedged] = [true, true];
    this.#undoIn(draw.between(20_000, 240_000), () => this.#unhedge());
    const symbol = draw.pick([...world.plan.traded, world.plan.byHand]);
    for (const leg of ['long', 'short'] as const) if (draw.isTrue(0.7)) this.#tradeLeg(symbol, leg, 'open');
    return `with positions in ${symbol}`;
  }

  #unhedge(): void {
    const { venue } = this.#world.exchange.venue.desks.futures;
    for (let turn = 0; turn < MOST_TURNS && this.#world.isHedged; turn += 1) {
      // What is too little to be closed is closed with more.
      for (const { symbol, positionSide } of venue.views.futuresAccount(ACCOUNT).positions) {
        if (turn > 0 && positionSide !== 'both') this.#tradeLeg(symbol, positionSide, 'open');
      }
      for (const { symbol, positionSide, quantity } of venue.views.futuresAccount(ACCOUNT).positions) {
        if (quantity !== 0n && positionSide !== 'both') this.#tradeLeg(symbol, positionSide, quantity);
      }
      if (venue.setPositionMode(ACCOUNT, 'one_way').ok) this.#world.isHedged = false;
    }
    if (this.#world.isHedged) this.#undoIn(GRID_MS, () => this.#unhedge());
  }

  /** @param size how many units are to be closed, or about 100 USDT that are to be opened */
  #tradeLeg(symbol: string, leg: 'long' | 'short', size: bigint | 'open'): void {
    const { exchange, plan } = this.#world;
    const data = exchange.venue.data.find('futures', symbol);
    if (data === null) return;
    this.#legs += 1;
    const decimals = plan.symbols.find(({ base }) => `${base}USDT` === symbol)?.quantityDecimals ?? 0;
    const opened = atoms((100 / this.#world.lastPrice(symbol)).toFixed(decimals));
    const quantity = size === 'open' ? opened : size < 0n ? -size : size;
    exchange.venue.desks.futures.placeOrder(data, {
      ...{ accountId: ACCOUNT, symbol, clientOrderId: `web_leg${this.#legs}`, positionSide: leg },
      side: (leg === 'long') === (size === 'open') ? 'buy' : 'sell',
      ...{ size: { type: 'quantity', quantity }, execution: { type: 'market' }, trigger: null },
      ...{ reduceOnly: false, selfTradePrevention: 'none' },
    });
  }

  /** Changes the tick of a symbol to so many times that of its start, unless another one is wanted by now. */
  #setTick(symbol: string, grid: number): void {
    if (this.#grids.get(symbol) !== grid) return;
    const { plan, exchange } = this.#world;
    const terms = plan.symbols.find(({ base }) => `${base}USDT` === symbol);
    const tick = (grid * 10 ** -(terms?.priceDecimals ?? 2)).toFixed(8);
    exchange.addFaults({ kind: 'tick_size', market: plan.market, symbol, tick });
  }

  #faultOfRequest(add: AddFault): string {
    const draw = this.#draw;
    const count = draw.whole(1, 3);
    const methods = this.#world.plan.market === 'spot' ? ['/api/v3/order'] : ['/fapi/v1/order', '/fapi/v1/algoOrder'];
    const endpoint = draw.isTrue(0.7) ? `${draw.pick(['POST', 'POST', 'DELETE', 'GET'])} ${draw.pick(methods)}` : '/';
    const kind = draw.pick(['error_before', 'error_after', 'lose_answer', 'delay_answer', 'refuse'] as const);
    if (kind === 'delay_answer') {
      return add({ kind, endpoint, count, delayMs: Math.round(draw.between(500, 15_000)) });
    }
    if (kind === 'refuse') {
      const refusal = draw.pick(['SERVER_BUSY', 'TOO_MANY_ORDERS', 'UNKNOWN', 'INVALID_TIMESTAMP', 'DISCONNECTED']);
      return add({ kind, endpoint, count, refusal });
    }
    return add({ kind, endpoint, count });
  }

  #undoIn(ms: number, act: () => void): void {
    this.#undo.push({ at: this.#world.clock.now() + ms, act });
  }
}
