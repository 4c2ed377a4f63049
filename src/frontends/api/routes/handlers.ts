import type { Candle } from '../../../domain/candle.ts';
import { AitraderError, describeFailure } from '../../../domain/errors.ts';
import type { VenueSymbol } from '../../../domain/ids.ts';
import type { CandleRequest } from '../../../ports/engine-handle.ts';
import { filterJson, filterSourceJson } from '../../shared/json/filter-json.ts';
import { candleJson, tickerJson } from '../../shared/json/market-json.ts';
import { chosenSymbols } from '../../shared/traders/symbols.ts';
import { ACTIONS } from '../../shared/verbs/actions.ts';
import { findOne } from '../../shared/verbs/find.ts';
import { LISTS } from '../../shared/verbs/lists.ts';
import { STATS } from '../../shared/verbs/stats.ts';
import { TRADERS } from '../../shared/verbs/traders.ts';
import type { VerbCall } from '../../shared/verbs/verb.ts';
import type { AnswerOf, OperationName, ParamsOf, QueryOf } from '../../shared/wire/routes.ts';
import { riskOf, statusOf } from './api-desk.ts';
import type { ApiDesk } from './api-desk.ts';

/** A request whose parts were held against the schemas of its operation. */
export interface OperationRequest<Name extends OperationName> {
  readonly params: ParamsOf<Name>;
  readonly query: QueryOf<Name>;
  /** As it was sent: the verbs read it themselves. */
  readonly body: object;
}

export type Handler<Name extends OperationName> = (
  api: ApiDesk,
  request: OperationRequest<Name>,
) => Promise<AnswerOf<Name>>;

interface AskedPage {
  readonly limit?: number | undefined;
  readonly before?: string | undefined;
  readonly all?: boolean | undefined;
}

/** What of a page was asked for, as the verbs take it. */
function pageArguments({ limit, before, all }: AskedPage): object {
  return {
    ...(limit !== undefined && { limit }),
    ...(before !== undefined && { before }),
    ...(all !== undefined && { all }),
  };
}

/** What works or is open comes whole, newest first, unless a part of it was asked for. */
async function partOf<Entry extends { readonly id: string }>(
  list: Promise<readonly Entry[]>,
  { limit, before }: AskedPage,
): Promise<readonly Entry[]> {
  const entries = await list;
  return entries.filter(({ id }) => before === undefined || id < before).slice(0, limit);
}

function askedSymbol(api: ApiDesk, given: string): VenueSymbol {
  const choice = chosenSymbols(api.desk, [given]);
  const [symbol] = choice.kind === 'list' ? choice.symbols : [];
  if (symbol !== undefined) return symbol;
  throw new AitraderError('NOT_FOUND', { what: 'symbol', given, remedy: 'GET /api/markets lists them.' });
}

/** @throws AitraderError `EXCHANGE_UNREACHABLE` when the venue was asked and gave none */
async function candlesOf({ running: { engine } }: ApiDesk, request: CandleRequest): Promise<readonly Candle[]> {
  try {
    return await engine.candles(request);
  } catch (failure) {
    if (failure instanceof AitraderError) throw failure;
    const { venue } = engine.status().account;
    throw new AitraderError('EXCHANGE_UNREACHABLE', { venue, problem: describeFailure(failure) }, { cause: failure });
  }
}

function run<Answer>({ desk }: ApiDesk, call: VerbCall<Answer>): Promise<Answer> {
  return call.run(desk);
}

/** How each operation is carried out: where it fits by the verb that the command line has, too. */
export const HANDLERS: { readonly [Name in OperationName]: Handler<Name> } = {
  status: statusOf,
  markets: async ({ running }) => running.engine.markets().map(tickerJson),
  candles: async (api, { query: { symbol, timeframe, limit } }) => {
    const request = { symbol: askedSymbol(api, symbol), timeframe, limit };
    return (await candlesOf(api, request)).map(candleJson);
  },
  filters: async ({ running }) => running.engine.filters().map(filterJson),
  filter: async ({ running }, { params: { name } }) =>
    filterSourceJson(
      findOne(running.engine.filters(), name, {
        what: 'filter',
        idOf: ({ id }) => id,
        alsoCalled: (filter) => [filter.name],
        remedy: 'GET /api/filters lists them.',
      }),
    ),
  traders: (api) => run(api, TRADERS.traders.call({})),
  trader: (api, { params: { id } }) => run(api, TRADERS['trader.show'].call({ trader: id })),
  addTrader: (api, { body }) => run(api, TRADERS['trader.add'].call(body)),
  changeTrader: (api, { params: { id }, body }) => run(api, TRADERS['trader.set'].call({ ...body, trader: id })),
  removeTrader: (api, { params: { id } }) => run(api, TRADERS['trader.remove'].call({ trader: id })),
  pauseTrader: (api, { params: { id }, body }) => run(api, TRADERS['trader.pause'].call({ ...body, trader: id })),
  resumeTrader: (api, { params: { id } }) => run(api, TRADERS['trader.resume'].call({ trader: id })),
  signals: (api, { query }) => run(api, LISTS.signals.call(pageArguments(query))),
  approveSignal: (api, { params }) => run(api, ACTIONS.approve.call(params)),
  rejectSignal: (api, { params, body }) => run(api, ACTIONS.reject.call({ ...body, ...params })),
  positions: (api, { query }) => {
    const list = run(api, LISTS.positions.call(pageArguments(query)));
    return query.all === true ? list : partOf(list, query);
  },
  protectPosition: (api, { params, body }) => run(api, ACTIONS.protect.call({ ...body, ...params })),
  closePosition: (api, { params, body }) => run(api, ACTIONS.close.call({ ...body, ...params })),
  orders: (api, { query }) => {
    const list = run(api, LISTS.orders.call(pageArguments(query)));
    return query.all === true ? list : partOf(list, query);
  },
  cancelOrder: (api, { params }) => run(api, ACTIONS.cancel.call(params)),
  trades: (api, { query }) => run(api, LISTS.trades.call(pageArguments(query))),
  journal: (api, { query }) => run(api, LISTS.journal.call(pageArguments(query))),
  stats: (api, { query }) => run(api, STATS.stats.call(query)),
  analyses: async () => [],
  balances: (api) => run(api, LISTS.balance.call({})),
  risk: riskOf,
  kill: (api, { body }) => run(api, ACTIONS.kill.call(body)),
  resumeAfterKill: (api) => run(api, ACTIONS.resume.call({})),
  pauseTrading: (api, { body }) => run(api, ACTIONS.pause.call(body)),
  resumeTrading: (api) => run(api, ACTIONS.resume.call({})),
  logs: async ({ logs }, { query: { limit = 50, before } }) => logs.page(limit, before),
};
