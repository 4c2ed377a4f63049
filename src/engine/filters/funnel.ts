import type { TraderFunnel } from '../../ports/engine-handle.ts';
import type { CheckReport } from './check-report.ts';

/** Steps of the funnel that are taken after the check. */
export type FunnelStep = 'approved' | 'ordered' | 'filled';

/** How far the matches of one trader came. */
export class Funnel {
  readonly #steps: Record<'checked' | 'matched' | FunnelStep, number> = {
    checked: 0,
    matched: 0,
    approved: 0,
    ordered: 0,
    filled: 0,
  };
  #rest: Pick<TraderFunnel, 'lastRefusal' | 'nearestMiss' | 'lastFault'> = {
    lastRefusal: null,
    nearestMiss: null,
    lastFault: null,
  };

  get figures(): TraderFunnel {
    return { ...this.#steps, ...this.#rest };
  }

  count(step: FunnelStep): void {
    this.#steps[step] += 1;
  }

  refused(code: string): void {
    this.#rest = { ...this.#rest, lastRefusal: code };
  }

  /** @param isWhole whether all symbols of the trader were to be checked */
  report({ checked, matches, misses, fault }: CheckReport, isWhole: boolean): void {
    this.#steps.checked += checked;
    this.#steps.matched += matches.length;
    const nearestMiss = isWhole ? (misses[0] ?? null) : this.#rest.nearestMiss;
    this.#rest = { ...this.#rest, nearestMiss, lastFault: fault };
  }
}
