declare const approved: unique symbol;

/**
 * Something that the risk engine has let pass. Brokers take nothing else, and nothing but `engine/risk` may call
 * `markRiskApproved` (a layer rule): the only way to the exchange leads through the risk engine.
 */
export type RiskApproved<T> = T & { readonly [approved]: true };

/** Marks `value` as let pass. For `engine/risk` alone. */
export function markRiskApproved<T>(value: T): RiskApproved<T> {
  return value as RiskApproved<T>;
}
