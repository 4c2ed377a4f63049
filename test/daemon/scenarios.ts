import { onTestFinished } from 'vitest';

import { emptyFolder, startProgram } from '../cli/run-program.ts';
import { freePort } from './free-port.ts';
import { startDaemon } from './run-daemon.ts';
import type { Daemon } from './run-daemon.ts';

/** A desk that trades soon, whatever it trades in. */
export interface Scenario {
  /** Its database in the data folder. */
  readonly database: string;
  /** Starts the daemon, or starts it again, in the same folder and at the same address. */
  start(): Promise<Daemon>;
  /** What the exchange itself says is held; null: there is none but the daemon. */
  heldAtExchange(): Promise<readonly string[] | null>;
  /** Sees to it that the desk enters again soon, as far as it may. */
  wantMore(daemon: Daemon): Promise<void>;
}

/** Simulated money on the market inside the program, a minute of it in a second. */
export async function simulatedMoney(): Promise<Scenario> {
  const dataDir = emptyFolder();
  const env = { PORT: String(await freePort()) };
  return {
    database: 'sim.db',
    start: () => startDaemon(dataDir, ['--sim', '--keep', '--symbols', '15'], env),
    heldAtExchange: () => Promise.resolve(null),
    wantMore: () => Promise.resolve(),
  };
}

/** Goes long wherever it looks, each minute. */
const ALWAYS = `export const meta = {
  name: 'Always', description: 'for tests', timeframes: ['1m'], every: '1m', lookback: 20,
  exits: { stopLoss: '2%', takeProfit: ['5%'] },
};
export function check({ close }) {
  return { side: 'long', conditions: ['last ' + ta.last(close)] };
}
`;

interface Listening {
  readonly futuresRest: string;
  readonly apiKey: string;
  readonly apiSecret: string;
}

interface SimState {
  readonly accounts: Readonly<
    Record<string, { futures: { positions: readonly { symbol: string; positionAmt: string }[] } }>
  >;
}

/** The live desk, as with real money, on the simulated exchange as a program of its own. */
export async function simulatedExchange(): Promise<Scenario> {
  const exchange = startProgram(['sim', '--symbols', '3']);
  onTestFinished(() => void exchange.process.kill('SIGKILL'));
  const { futuresRest, apiKey, apiSecret } = JSON.parse(await exchange.says(/\n/)) as Listening;
  const dataDir = emptyFolder();
  const env = {
    ...{ PORT: String(await freePort()), PAPER_TRADING: 'false', LIVE_CONFIRM: 'main', ENABLE_AUTO_TRADING: 'true' },
    ...{ BINANCE_API_KEY: apiKey, BINANCE_SECRET_KEY: apiSecret, MARKET_TYPE: 'futures', SYMBOLS: 'top:3' },
    ...{ BINANCE_REST_URL: futuresRest, BINANCE_WS_URL: futuresRest.replace(/^http/, 'ws') },
  };
  let traders = 0;
  // A new trader looks at once; one that has looked before waits for the next minute.
  const addTrader = async (daemon: Daemon): Promise<void> => {
    traders += 1;
    const name = `always ${traders}`;
    await daemon.post('/api/traders', {
      name,
      filter: { name, source: ALWAYS, origin: 'file' },
      size: { quote: '100' },
    });
  };
  return {
    database: 'live.db',
    async start() {
      const daemon = await startDaemon(dataDir, [], env);
      if (traders === 0) await addTrader(daemon);
      return daemon;
    },
    wantMore: addTrader,
    async heldAtExchange() {
      const { accounts } = (await (await fetch(`${futuresRest}/sim/state`)).json()) as SimState;
      const positions = Object.values(accounts).flatMap(({ futures }) => futures.positions);
      const held = positions.filter(({ positionAmt }) => Number(positionAmt) !== 0);
      return held.map(({ symbol, positionAmt }) => `${symbol} ${Number(positionAmt)}`).toSorted();
    },
  };
}
