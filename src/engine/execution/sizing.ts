import { Decimal, notional, ZERO } from '../../domain/decimal.ts';
import type { Money, Price, Quantity } from '../../domain/decimal.ts';
import { AitraderError } from '../../domain/errors.ts';
import { affordableQuantity, floorToStep } from '../../domain/exchange-rules.ts';
import { err, ok } from '../../lib/result.ts';
import type { Result } from '../../lib/result.ts';
import type { EntryCandidate, Funds, SizingRule } from './candidate.ts';

/** What the size is computed from besides the candidate. */
export interface SizingBasis {
  readonly reference: Price;
  /** |reference - stop|, quote units per unit. */
  readonly risk: Decimal;
}

/**
 * The quantity of an entry: amount / reference, floored to the step, and capped so that notional and entry fee are at most
 * free cash x leverage. A trader with a portfolio is sized on the portfolio's equity and never spends what the account lacks.
 */
export function sizeEntry(
  candidate: EntryCandidate,
  { reference, risk }: SizingBasis,
): Result<Quantity, AitraderError> {
  const { facts, proposal } = candidate;
  const { rules } = facts.instrument;
  const { size } = proposal;
  const invalid = refuseSize(size);
  if (invalid !== null) return err(invalid);

  const { equity } = facts.portfolio ?? facts.account;
  const orderType = proposal.limitPrice === null ? 'market' : 'limit';
  const wanted = wantedQuantity(size, Decimal.max(equity, ZERO) as Money, { reference, risk });
  if (!wanted.ok) return wanted;
  const payable = spendable(facts.account, facts.portfolio).times(facts.leverage) as Money;
  const affordable = affordableQuantity(payable, reference, { feeBps: facts.feeBps, rules });
  const quantity = floorToStep(Decimal.min(wanted.value, affordable) as Quantity, rules, orderType);
  if (quantity.isZero() && affordable.lessThan(wanted.value)) {
    const given = notional(reference, wanted.value).toDecimalPlaces(2).toFixed();
    return err(new AitraderError('CAPITAL_INSUFFICIENT', { given, allowed: payable.toFixed() }));
  }
  return ok(quantity);
}

function spendable(account: Funds, portfolio: Funds | null): Decimal {
  const free = portfolio === null ? account.freeCash : Decimal.min(account.freeCash, portfolio.freeCash);
  return Decimal.max(free, ZERO);
}

/** A rule that asks for nothing, or for less. */
function refuseSize(size: SizingRule): AitraderError | null {
  switch (size.kind) {
    case 'quote':
      return size.amount.greaterThan(0) ? null : new AitraderError('SIZE_INVALID', { given: size.amount.toFixed() });
    case 'pct':
    case 'risk_pct':
      return size.percent.greaterThan(0)
        ? null
        : new AitraderError('SIZE_INVALID', { given: `${size.percent.toFixed()} %` });
    case 'kelly': {
      const isSensible = size.payoff.greaterThan(0) && size.fraction.greaterThan(0) && size.maxPercent.greaterThan(0);
      const given = `${size.fraction.toFixed()} Kelly up to ${size.maxPercent.toFixed()} %`;
      return isSensible ? null : new AitraderError('SIZE_INVALID', { given });
    }
  }
}

function wantedQuantity(
  size: SizingRule,
  equity: Money,
  { reference, risk }: SizingBasis,
): Result<Quantity, AitraderError> {
  switch (size.kind) {
    case 'quote':
      return ok(size.amount.dividedBy(reference) as Quantity);
    case 'pct':
      return ok(percentOf(equity, size.percent).dividedBy(reference) as Quantity);
    case 'risk_pct':
      return ok(percentOf(equity, size.percent).dividedBy(risk) as Quantity);
    case 'kelly': {
      const share = kellyShare(size.winRate, size.payoff);
      if (!share.greaterThan(0)) {
        const { payoff, winRate } = size;
        const context = { given: share.toFixed(4), payoff: payoff.toFixed(), winRate: winRate.toFixed() };
        return err(new AitraderError('KELLY_NO_EDGE', context));
      }
      const percent = Decimal.min(share.times(size.fraction).times(100), size.maxPercent);
      return ok(percentOf(equity, percent).dividedBy(reference) as Quantity);
    }
  }
}

function percentOf(equity: Money, percent: Decimal): Decimal {
  return equity.times(percent).dividedBy(100);
}

/** The share of equity that grows it fastest: p - (1 - p) / b (Kelly 1956). */
function kellyShare(winRate: Decimal, payoff: Decimal): Decimal {
  return winRate.minus(new Decimal(1).minus(winRate).dividedBy(payoff));
}
