/** ccxt.pro as a peer of the market feed. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const SOURCES = join(dirname(createRequire(import.meta.url).resolve('ccxt')), '..', 'js', 'src');

interface CcxtClient {
  connect(): void;
  /** The WebSocket of the ws package below it. */
  readonly connection: { terminate(): void };
}

/** What the benchmarks use of a ccxt.pro exchange. */
export interface CcxtPro {
  client(url: string): CcxtClient;
  handleMessage(client: CcxtClient, message: unknown): void;
  setMarkets(markets: readonly object[]): void;
  loadHttpProxyAgent(): Promise<void>;
  readonly trades: Readonly<Record<string, { readonly length: number }>>;
  readonly bidsasks: Readonly<Record<string, { readonly bid: number }>>;
}

/** ccxt closes its deep imports: a class is loaded by the path of its file. */
async function loadClass(path: string): Promise<new (config: object) => CcxtPro> {
  const module = (await import(join(SOURCES, path))) as { default: new (config: object) => CcxtPro };
  return module.default;
}

/** The USD-M exchange of ccxt.pro with one market. */
export async function ccxtPro(): Promise<CcxtPro> {
  const Exchange = await loadClass('pro/binanceusdm.js');
  const exchange = new Exchange({ enableRateLimit: false });
  await exchange.loadHttpProxyAgent();
  exchange.setMarkets([
    {
      ...{ id: 'BTCUSDT', symbol: 'BTC/USDT:USDT', base: 'BTC', quote: 'USDT', settle: 'USDT', baseId: 'BTC' },
      ...{ quoteId: 'USDT', settleId: 'USDT', type: 'swap', spot: false, swap: true, contract: true, linear: true },
      ...{ inverse: false, subType: 'linear', active: true, contractSize: 1, precision: { price: 0.1, amount: 0.001 } },
      ...{ limits: {}, info: {} },
    },
  ]);
  return exchange;
}
