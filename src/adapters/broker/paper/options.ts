import type { Account } from '../../../domain/account.ts';
import { Decimal, money } from '../../../domain/decimal.ts';
import type { Money } from '../../../domain/decimal.ts';
import type { Instrument } from '../../../domain/instrument.ts';
import type { MarginMode } from '../../../domain/position/position.ts';
import { atoms } from '../../../matching/atoms.ts';
import type { Atoms } from '../../../matching/atoms.ts';
import type { Clock } from '../../../ports/clock.ts';

export interface PaperBrokerOptions {
  /** Whose money it is; `account.market` is the market that is traded. */
  readonly account: Account;
  readonly clock: Clock;
  /** The four characters by which own client order ids are known. */
  readonly instance: string;
  /** The symbols of the account's market. Orders in others are refused. */
  readonly instruments: readonly Instrument[];
  /** Asset and amount that a fresh account holds; without effect on a restored one. Default 10,000 USDT. */
  readonly quoteAsset?: string;
  readonly balance?: Money;
  /** Of makers and takers alike. Default 10. */
  readonly feeBps?: Decimal;
  /** How much worse than the last price market orders are filled beyond the quoted size. Default 2. */
  readonly slippageBps?: Decimal;
  /** How long a request takes to the venue. Default 250. */
  readonly latencyMs?: number;
  /** Futures: of symbols for which `setLeverage` was never called. Default 1, isolated. */
  readonly leverage?: number;
  readonly marginMode?: MarginMode;
  /** What `save` was given last by an earlier run, letter by letter; null for a fresh account. */
  readonly saved: string | null;
  /** Writes the state of the account durably. Called again only after the call before has settled. */
  readonly save: (state: string) => Promise<void>;
  /** Told of each failed save; it is tried again until it succeeds. */
  readonly onSaveFailed?: (error: unknown) => void;
}

/** The options with everything decided. */
export interface CompiledOptions extends Omit<Required<PaperBrokerOptions>, 'balance' | 'feeBps' | 'slippageBps'> {
  readonly balance: Atoms;
  /** As a fraction. */
  readonly feeRate: Atoms;
  readonly slippageBps: number;
}

/** @throws AitraderError `DECIMAL_INVALID` for a balance finer than 1e-8 or a fee finer than 0.0001 basis points */
export function compileOptions(options: PaperBrokerOptions): CompiledOptions {
  const { balance = money('10000'), feeBps = new Decimal(10), slippageBps = new Decimal(2) } = options;
  return {
    ...options,
    quoteAsset: options.quoteAsset ?? 'USDT',
    balance: atoms(balance),
    feeRate: atoms(feeBps.dividedBy(10_000)),
    slippageBps: slippageBps.toNumber(),
    latencyMs: options.latencyMs ?? 250,
    leverage: options.leverage ?? 1,
    marginMode: options.marginMode ?? 'isolated',
    onSaveFailed: options.onSaveFailed ?? (() => undefined),
  };
}
