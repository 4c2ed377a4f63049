/**
 * The real program with unmodified ccxt over a real socket, ended by SIGKILL at points of an order's life; after the restart
 * its books equal the exchange's, nothing was sent twice, and whatever is open has its stop.
 *
 * CRASH_ROUNDS=N goes N times through all points, with a price that moves on meanwhile.
 */
import { describe, expect, it } from 'vitest';

import type { Market } from '../../src/domain/instrument.ts';
import { parseClientOrderId } from '../../src/domain/order/client-order-id.ts';
import type { OrderLeg } from '../../src/domain/order/client-order-id.ts';
import { differences } from './books.ts';
import { LiveExchange, SYMBOLS } from './live-exchange.ts';
import type { Fate, WireRequest } from './live-exchange.ts';
import { LiveProgram, until } from './live-program.ts';

const ROUNDS = Number(process.env['CRASH_ROUNDS'] ?? 1);
const PATIENCE_MS = 600_000;

/** Where the program dies: at which request of an order's life, and how far that has come. */
interface Point {
  readonly at: OrderLeg | 'cancel';
  readonly fate: Exclude<Fate, 'pass'>;
}

const FATES = ['cut_before', 'cut_after', 'cut_answered'] as const;
const points = (at: Point['at'], fates: readonly Point['fate'][] = FATES): readonly Point[] =>
  fates.map((fate) => ({ at, fate }));

/** An entry and its stop; the way out: on spot the stop is taken away first, on futures last. */
const CHAINS: readonly (readonly [Market, string, readonly Point[]])[] = [
  ['spot', 'an entry', [...points('entry'), ...points('stop', ['cut_before', 'cut_after'])]],
  ['spot', 'a close', [...points('cancel'), ...points('exit', ['cut_before', 'cut_after'])]],
  ['futures', 'an entry', [...points('entry'), ...points('stop', ['cut_before', 'cut_after'])]],
  ['futures', 'a close', [...points('exit'), ...points('cancel', ['cut_before', 'cut_after'])]],
];

/** What a request does to an order of ours; null for questions and settings. */
function actOf({ method, path, params }: WireRequest): Point['at'] | null {
  if (!/\/(order|algoOrder|orderList\/oco|order\/cancelReplace)$/.test(path) || method === 'GET') return null;
  if (method === 'DELETE') return 'cancel';
  const id = ['newClientOrderId', 'clientAlgoId', 'belowClientOrderId'].map((name) => params.get(name)).find(Boolean);
  return parseClientOrderId(id ?? '')?.leg ?? null;
}

/** Ends the program at a point of what `act` sets off. `act` is told whether that has come. */
async function dieAt(
  { at, fate }: Point,
  { exchange, program }: { readonly exchange: LiveExchange; readonly program: LiveProgram },
  act: (isDead: () => Promise<boolean>) => Promise<unknown>,
): Promise<void> {
  const cut = new Promise<void>((resolve) => (exchange.onCut = resolve));
  let isOver = false;
  exchange.judge = (request) => {
    if (isOver || actOf(request) !== at) return 'pass';
    isOver = true;
    return fate;
  };
  // The answer may die with the program.
  const acted = act(async () => isOver).catch((failure: unknown) => {
    if (!isOver) throw failure;
  });
  await Promise.race([cut, acted.then(() => cut)]);
  await program.crash();
  exchange.judge = () => 'pass';
}

describe('after a SIGKILL', { timeout: PATIENCE_MS * ROUNDS }, () => {
  it.concurrent.each(CHAINS)('on %s during %s books and exchange agree', async (market, _, chain) => {
    const exchange = await LiveExchange.open();
    const seen: string[] = [];
    let program = await LiveProgram.start(exchange, { market }).ready();
    const { dataDir } = program;
    try {
      for (const [index, point] of Array.from({ length: ROUNDS }, () => chain)
        .flat()
        .entries()) {
        const symbol = SYMBOLS[index % SYMBOLS.length] ?? '';
        const isOnTheWayOut = point.at === 'cancel' || point.at === 'exit';
        if (isOnTheWayOut) await program.open(symbol);
        await dieAt(point, { exchange, program }, async (isDead) =>
          isOnTheWayOut ? program.ask('close', { id: symbol }) : program.enterUntil(symbol, isDead),
        );
        program = await LiveProgram.start(exchange, { market, dataDir }).ready();
        await until(`books and exchange agree after ${point.at} ${point.fate}`, async () => {
          const found = differences(dataDir, await exchange.state(), market);
          if (found.length > 0) throw new Error(found.join('; '));
          return true;
        });
        seen.push(`${point.at} ${point.fate}`);
        if (ROUNDS > 1) await program.closeAll();
      }
      expect(seen).toHaveLength(chain.length * ROUNDS);
      expect(exchange.errors).toEqual([]);
    } finally {
      await program.crash();
      await exchange.close();
    }
  });
});
