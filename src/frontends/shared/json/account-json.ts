import type { Balance } from '../../../domain/account.ts';
import type { BreakerPosition } from '../../../domain/risk.ts';
import type { BalanceForm, OpeningForm } from '../wire/forms.ts';
import { amountText } from './figures.ts';

export type BalanceJson = BalanceForm;
export type OpeningJson = OpeningForm;

/** One asset of an account as the API gives it. */
export function balanceJson({ accountId, asset, free, locked, updatedAt }: Balance): BalanceForm {
  return {
    accountId,
    asset,
    free: amountText(free),
    locked: amountText(locked),
    total: amountText(free.plus(locked)),
    updatedAt,
  };
}

/** Whether positions may be opened, and if not, why and until when (null: until somebody resumes). */
export function openingJson(breaker: BreakerPosition): OpeningForm {
  if (breaker.status === 'closed') return { allowed: true, cause: null, reason: null, since: null, resetAt: null };
  const { cause, reason, since, resetAt } = breaker;
  return { allowed: false, cause, reason, since, resetAt };
}
