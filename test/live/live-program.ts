/** The built program, trading real money at the simulated exchange of a test, spoken to over its control socket. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';

import { emptyFolder, startProgram } from '../cli/run-program.ts';
import type { Run, RunningProgram } from '../cli/run-program.ts';
import { Peer } from '../control/peer.ts';
import type { LiveExchange } from './live-exchange.ts';
import type { Market } from '../../src/domain/instrument.ts';

const PATIENCE_MS = 120_000;
const LOOK_EVERY_MS = 25;

/** A filter that always finds what it looks for. */
const ALWAYS = `
export const meta = { name: 'Always', timeframes: ['1m'], every: 'close', lookback: 2, sides: ['long', 'short'],
  exits: { stopLoss: '2%', takeProfit: ['3%'] } };
export function check() { return { side: 'long', conditions: ['always'] }; }
`;

export interface DeskTerms {
  readonly market: Market;
  readonly dataDir?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
}

/** A position as `positions` tells it. */
export interface PositionJson {
  readonly id: string;
  readonly symbol: string;
  readonly quantity: string;
  readonly guard: string;
}

interface SignalJson {
  readonly symbol: string;
  readonly status: string;
  readonly reason: string;
}

/** The desk of a data folder, whoever started its program. */
export class LiveDesk {
  readonly dataDir: string;

  constructor(dataDir: string) {
    this.dataDir = dataDir;
  }

  /** The answer to a verb. @throws Error with the code of a refusal */
  async ask(verb: string, args: object = {}): Promise<unknown> {
    const peer = await Peer.at(join(this.dataDir, 'control.sock'));
    const { ok, error } = await peer.told(verb, args);
    peer.socket.destroy();
    if (error !== undefined) throw new Error(`${verb}: ${error.code}: ${error.message}`);
    return ok;
  }

  /** Puts a trader to work that opens a long in the symbol at once, and only once. */
  async enter(symbol: string): Promise<void> {
    const name = `${symbol} ${randomUUID()}`;
    const filter = { name, source: ALWAYS, origin: 'file' };
    const own = { name, symbols: [symbol], size: { quote: 300 }, cooldown: '4h' };
    await this.ask('trader.add', { filter, ...own });
  }

  async position(symbol: string): Promise<PositionJson | null> {
    const positions = (await this.ask('positions')) as readonly PositionJson[];
    return positions.find((position) => position.symbol === symbol) ?? null;
  }

  /** Opens a position and waits until a stop at the exchange guards it. */
  async open(symbol: string): Promise<void> {
    await this.enterUntil(symbol, async () => (await this.position(symbol))?.guard === 'venue');
  }

  /** Enters again as long as that is refused, for example because the exchange did not answer in time at the start. */
  async enterUntil(symbol: string, isDone: () => Promise<boolean>): Promise<void> {
    let tries = 0;
    await until(`what an entry in ${symbol} is for`, async () => {
      if (await isDone()) return true;
      const signals = (await this.ask('signals')) as readonly SignalJson[];
      const own = signals.filter((signal) => signal.symbol === symbol);
      const refused = own.filter(({ status }) => status === 'rejected');
      if (refused.length === tries) {
        tries += 1;
        await this.enter(symbol);
      }
      throw new Error(`signals: ${own.map(({ status, reason }) => `${status}, ${reason}`).join('; ')}`);
    });
  }

  /** Closes whatever is open. */
  async closeAll(): Promise<void> {
    const positions = (await this.ask('positions')) as readonly PositionJson[];
    // One that an exit of the run before is closing already cannot be closed once more.
    for (const { id } of positions) await this.ask('close', { id }).catch(() => undefined);
    await until('all is closed', async () => ((await this.ask('positions')) as unknown[]).length === 0);
  }
}

/** A program of the test's own. */
export class LiveProgram extends LiveDesk {
  readonly running: RunningProgram;

  private constructor(dataDir: string, running: RunningProgram) {
    super(dataDir);
    this.running = running;
  }

  /** Starts it. It may take a while until it is ready, or it may refuse. */
  static start(exchange: LiveExchange, terms: DeskTerms): LiveProgram {
    const { market, dataDir = join(emptyFolder(), 'd'), env = {}, args = [] } = terms;
    const told = { ...exchange.environment(market), ...env };
    return new LiveProgram(dataDir, startProgram(['--no-tui', '--data-dir', dataDir, ...args], told));
  }

  async ready(): Promise<this> {
    await this.running.sees(/"msg":"LIVE ready/);
    return this;
  }

  /** Ends it as a fault of the machine does. */
  async crash(): Promise<void> {
    this.running.process.kill('SIGKILL');
    await this.running.ended;
  }

  async stop(): Promise<Run> {
    this.running.process.kill('SIGTERM');
    return this.running.ended;
  }
}

/** Looks again and again until it is so. What it throws meanwhile counts as not yet. */
export async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const endMs = performance.now() + PATIENCE_MS;
  let problem: unknown = null;
  while (performance.now() < endMs) {
    const is = await isSo().catch((failure: unknown) => {
      problem = failure;
      return false;
    });
    if (is) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  throw new Error(`not within ${PATIENCE_MS} ms: ${what}: ${String(problem)}`);
}
