/**
 * The public language of the venue model: what is asked of it and what it tells.
 *
 * Parts
 * - `atoms.ts`     exact amounts: prices, quantities, balances, rates are bigint multiples of 1e-8 (`Atoms`), with readers
 *                  and writers for text and Decimal. No float ever touches money.
 * - `venue.ts`     `Venue`: one market (spot or USD-M futures) with its symbols, accounts, orders and clock. The simulated
 *                  exchange runs two, paper trading one.
 * - `book/`        the order book of one symbol in whole ticks and steps: price-time priority among the accounts' orders,
 *                  queued behind the outside liquidity that quotes, depth and trades of a tape or feed describe.
 * - `orders/`      exchange rules, triggers, order lists, algo orders.
 * - `account/`     balances, fees, futures positions, margin, funding, liquidation. Every amount moves from one holder to
 *                  another (accounts, fees, insurance, outside world), so that the sum over all holders is always zero.
 * - `bar/`         the bar matcher of backtests (contracts: a signal fills at the next open, the stop before the targets).
 *
 * How to drive a venue
 * - The caller owns time: `venue.advanceTo(ms)` before anything that happens at `ms`. It runs what was scheduled with
 *   `venue.at(dueMs, action)` up to then, in order of due time (latency of paper orders, late cancels of fault scripts),
 *   and pays funding when due. Time never goes back.
 * - Market data goes in as Float64 (`quote`, `depth`, `trade`, `mark`), orders as `Atoms`.
 * - Requests are answered at once with a `Result`: a refusal carries a `RefusalReason`, and nothing has changed but that
 *   the ids it would have had are used up.
 * - Everything that changed is told through the sink given to the constructor, after the call that caused it has done its
 *   work, in a deterministic order; a sink may call the venue again: what that causes is told after what is already waiting.
 * - The venue keeps working orders only. History (closed orders, fills, income) belongs to whoever listens.
 */
export type * from './types/account-reports.ts';
export type * from './types/events.ts';
export type * from './types/market-updates.ts';
export type * from './types/order-reports.ts';
export type * from './types/refusal.ts';
export type * from './types/requests.ts';
export type * from './types/state.ts';
export type * from './types/terms.ts';
