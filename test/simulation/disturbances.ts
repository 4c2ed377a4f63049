import type { Draw } from './draw.ts';
import type { World } from './world.ts';

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
  | 'funding';

type AddFault = (fault: { readonly kind: string; readonly [name: string]: unknown }) => string;

/** Every symbol has had a new price by then. */
const GRID_MS = 8_000;

/** Faults of the exchange, in the words of its control interface; what is to pass is undone after a while. */
export class Disturbances {
  readonly #world: World;
  readonly #draw: Draw;
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
        const resume = { kind: 'symbol_status', market, symbol, status: 'trading' };
        this.#undoIn(draw.between(5_000, 60_000), () => exchange.addFaults(resume));
        return add({ kind: 'symbol_status', market, symbol, status: 'halted' });
      }
      case 'late_fill':
        return add({ kind: 'late_fill', count: draw.whole(1, 3), delayMs: Math.round(draw.between(500, 90_000)) });
      case 'partial_fill':
        return add({ kind: 'partial_fill', count: draw.whole(1, 2), fraction: draw.between(0.05, 0.9) });
      case 'funding':
        return add({ kind: 'funding', symbol, rate: draw.between(-0.005, 0.005) });
      case 'request_fault':
        return this.#faultOfRequest(add);
    }
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
