import { ScriptReader } from '../script-reader.ts';
import type { StartAlgoOrder, StartOrder, StartPosition, StartState } from './start-state.ts';

const SIDES = ['buy', 'sell'] as const;

/**
 * Reads a scripted start state: `{"spot": {"balances", "orders"}, "futures": {"balances", "positions", "orders",
 * "algoOrders"}}`, each part of which may be missing. Amounts and prices are decimal numbers in quotes.
 * @param where names the script in messages
 * @throws AitraderError `USAGE` saying what is wrong and what is allowed
 */
export function readStartState(input: unknown, where: string): StartState {
  const script = new ScriptReader(input, where, ['spot', 'futures']);
  const spot = script.child('spot', ['balances', 'orders']);
  const futures = script.child('futures', ['balances', 'positions', 'orders', 'algoOrders']);
  return {
    spot: { balances: spot.decimals('balances'), orders: spot.list('orders', readOrder) },
    futures: {
      balances: futures.decimals('balances'),
      positions: futures.list('positions', readPosition),
      orders: futures.list('orders', readOrder),
      algoOrders: futures.list('algoOrders', readAlgoOrder),
    },
  };
}

function readOrder(entry: unknown, where: string): StartOrder {
  const members = ['symbol', 'side', 'price', 'quantity', 'clientOrderId', 'reduceOnly'];
  const reader = new ScriptReader(entry, where, members);
  return {
    symbol: reader.text('symbol'),
    side: reader.oneOf('side', SIDES),
    price: reader.decimal('price'),
    quantity: reader.decimal('quantity'),
    clientOrderId: reader.text('clientOrderId'),
    reduceOnly: reader.flag('reduceOnly', false),
  };
}

function readPosition(entry: unknown, where: string): StartPosition {
  const reader = new ScriptReader(entry, where, ['symbol', 'quantity', 'entryPrice', 'leverage', 'marginMode']);
  return {
    symbol: reader.text('symbol'),
    quantity: reader.decimal('quantity'),
    entryPrice: reader.decimal('entryPrice'),
    leverage: reader.amount('leverage', 20),
    marginMode: reader.oneOf('marginMode', ['cross', 'isolated'], 'cross'),
  };
}

function readAlgoOrder(entry: unknown, where: string): StartAlgoOrder {
  const members = ['symbol', 'side', 'kind', 'triggerPrice', 'quantity', 'clientAlgoId'];
  const reader = new ScriptReader(entry, where, members);
  return {
    symbol: reader.text('symbol'),
    side: reader.oneOf('side', SIDES),
    kind: reader.oneOf('kind', ['stop', 'take_profit']),
    triggerPrice: reader.decimal('triggerPrice'),
    quantity: reader.has('quantity') ? reader.decimal('quantity') : null,
    clientAlgoId: reader.text('clientAlgoId'),
  };
}
