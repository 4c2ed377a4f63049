import type { Instrument } from '../../domain/instrument.ts';
import { compileBrackets } from '../account/contract.ts';
import { Scale } from '../book/scale.ts';
import { compileRules } from '../orders/order-rules.ts';
import type { WorkingOrder } from '../orders/working-order.ts';
import type { Core } from './core.ts';
import { commonUnit, scaleOf } from './symbol-market.ts';
import type { SymbolMarket } from './symbol-market.ts';

/**
 * Puts new exchange rules, brackets or status into force. Working orders stay as they are, also where a new order would be
 * refused. A tick or step that does not fit the book's units makes them finer; they never become coarser.
 */
export function changeInstrument(core: Core, market: SymbolMarket, instrument: Instrument): void {
  const wanted = scaleOf(instrument);
  const { scale: before, contract } = market;
  const scale = new Scale(
    commonUnit(before.priceUnit, wanted.priceUnit),
    commonUnit(before.quantityUnit, wanted.quantityUnit),
  );
  const factors = {
    ticks: Number(before.priceUnit / scale.priceUnit),
    steps: Number(before.quantityUnit / scale.quantityUnit),
  };
  if (factors.ticks > 1 || factors.steps > 1) rescale(core, market, factors);
  market.scale = scale;
  market.instrument = instrument;
  market.rules = compileRules(instrument, scale);
  if (contract === null) return;
  contract.scale = scale;
  if (instrument.futures === null) return;
  contract.fundingIntervalMs = instrument.futures.fundingIntervalMs;
  if (instrument.futures.leverageBrackets.length > 0) {
    contract.brackets = compileBrackets(instrument.futures.leverageBrackets);
  }
}

/** How many new ticks and steps make an old one. */
interface Factors {
  readonly ticks: number;
  readonly steps: number;
}

function rescale(core: Core, market: SymbolMarket, factors: Factors): void {
  for (const order of core.orders.all()) if (order.request.symbol === market.symbol) rescaleOrder(order, factors);
  for (const algo of core.algos.all()) if (algo.request.symbol === market.symbol) algo.waiting?.rescale(factors.ticks);
  market.bids.rescale(factors);
  market.asks.rescale(factors);
  market.lastTicks *= factors.ticks;
  market.averageTicks *= factors.ticks;
  const { contract } = market;
  if (contract === null) return;
  contract.outsideSteps *= factors.steps;
  for (const account of core.accounts.values()) {
    for (const leg of account.slotOf(market.symbol)?.legs ?? []) leg.steps *= factors.steps;
  }
}

function rescaleOrder(order: WorkingOrder, factors: Factors): void {
  order.ticks *= factors.ticks;
  order.totalSteps *= factors.steps;
  order.remainingSteps *= factors.steps;
  order.boundSteps *= factors.steps;
  order.waiting?.rescale(factors.ticks);
}
