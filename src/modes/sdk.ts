/**
 * The library face of aitrader (`aitrader/sdk`): the domain's nouns and rules, the ports that adapters plug into, and the
 * client of the daemon's API.
 */
export * from '../domain/account.ts';
export * from '../domain/candle.ts';
export * from '../domain/command.ts';
export * from '../domain/decimal.ts';
export * from '../domain/errors.ts';
export * from '../domain/event.ts';
export * from '../domain/exchange-rules.ts';
export * from '../domain/exits.ts';
export * from '../domain/fill.ts';
export * from '../domain/filter.ts';
export * from '../domain/ids.ts';
export * from '../domain/instrument.ts';
export * from '../domain/journal.ts';
export * from '../domain/levels.ts';
export * from '../domain/order/client-order-id.ts';
export * from '../domain/order/order.ts';
export * from '../domain/order/transitions.ts';
export * from '../domain/order/update.ts';
export * from '../domain/portfolio.ts';
export * from '../domain/position/ledger.ts';
export * from '../domain/position/position.ts';
export * from '../domain/position/protection.ts';
export type * from '../domain/risk-approval.ts';
export * from '../domain/risk.ts';
export * from '../domain/signal.ts';
export * from '../domain/symbol.ts';
export * from '../domain/time.ts';
export * from '../domain/trade.ts';
export * from '../domain/trader.ts';
export { createApiClient } from '../frontends/client/api-client.ts';
export { ApiError } from '../frontends/client/api-error.ts';
export type {
  ApiCalls,
  ApiClient,
  ApiClientOptions,
  ChannelListener,
  LiveConnection,
  LiveOptions,
  LiveState,
} from '../frontends/client/client.ts';
export { keyOf } from '../frontends/client/live-connection.ts';
export type {
  BalanceForm,
  CandleForm,
  ErrorForm,
  FilterForm,
  FilterSourceForm,
  JournalForm,
  LogForm,
  OpeningForm,
  OrderForm,
  PositionForm,
  RiskForm,
  SignalForm,
  StandingForm,
  StatsForm,
  StatusForm,
  TickerForm,
  TradeForm,
  TraderForm,
} from '../frontends/shared/wire/forms.ts';
export type { AnyChannel, CandleChannel, Channel, EntryOf } from '../frontends/shared/wire/live.ts';
export type * from '../ports/broker.ts';
export type * from '../ports/chance.ts';
export type * from '../ports/clock.ts';
export type * from '../ports/engine-handle.ts';
export type * from '../ports/event-stream.ts';
export type * from '../ports/filter-sandbox.ts';
export type * from '../ports/language-model.ts';
export type * from '../ports/logger.ts';
export type * from '../ports/market-feed.ts';
export type * from '../ports/notifier.ts';
export type * from '../ports/store/changes.ts';
export type * from '../ports/store/readers.ts';
export type * from '../ports/store/store.ts';
