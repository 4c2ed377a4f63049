import type { FundingReport } from '../../../ports/broker.ts';

/** How many funding payments are remembered. */
const MOST = 500;

export interface PaidFunding {
  readonly at: number;
  readonly report: FundingReport;
}

/** The last funding payments of the account. */
export class FundingHistory {
  readonly #paid: PaidFunding[];

  constructor(paid: readonly PaidFunding[]) {
    this.#paid = [...paid];
  }

  note(at: number, report: FundingReport): void {
    if (this.#paid.length === MOST) this.#paid.shift();
    this.#paid.push({ at, report });
  }

  since(sinceMs: number): FundingReport[] {
    return this.#paid.filter(({ at }) => at >= sinceMs).map(({ at, report }) => ({ ...report, paidAt: at }));
  }

  all(): readonly PaidFunding[] {
    return this.#paid;
  }
}
