import { loadCcxtVenue } from '../src/modes/assets.ts';
import { KEYS } from '../test/simulation/program.ts';

type Signing = Readonly<Record<'sign', (...request: unknown[]) => unknown>>;

/** The least that a simulated request costs: the library signs it. */
export class RequestSigning {
  readonly #exchange: Signing;

  private constructor(exchange: Signing) {
    this.#exchange = exchange;
  }

  static async make(): Promise<RequestSigning> {
    const Venue = (await loadCcxtVenue('binance')) as new (config: object) => Signing;
    return new RequestSigning(new Venue({ apiKey: KEYS.apiKey, secret: KEYS.apiSecret }));
  }

  /** Milliseconds for so many requests. */
  timeMs(count: number): number {
    const startedAt = performance.now();
    for (let request = 0; request < count; request += 1) {
      const newClientOrderId = `asimu1kjp4mrwhdhne2kwh724wgyvs${request % 100}`;
      const order = { symbol: 'AAAUSDT', side: 'BUY', type: 'MARKET', quantity: '0.616', newClientOrderId };
      this.#exchange.sign('order', 'private', 'POST', order);
    }
    return performance.now() - startedAt;
  }
}
