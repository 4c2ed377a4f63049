import type { OrderId } from '../../domain/ids.ts';
import type { OrderIntent } from '../../domain/order/order.ts';
import type { RiskApproved } from '../../domain/risk-approval.ts';

/** What is kept of orders under way beside their state; it goes when they are over. */
export class OrderNotes {
  /** What may be sent again, and how long that has to wait. */
  readonly approved = new Map<OrderId, RiskApproved<OrderIntent>>();
  readonly waitMs = new Map<OrderId, number>();
  readonly cancelWanted = new Set<OrderId>();
  /** How often the venue has said that it does not know an order that works there. */
  readonly denials = new Map<OrderId, number>();

  letGo(id: OrderId): void {
    for (const each of [this.approved, this.waitMs, this.cancelWanted, this.denials]) each.delete(id);
  }
}
