import type { PositionId } from '../../domain/ids.ts';
import { parseClientOrderId } from '../../domain/order/client-order-id.ts';
import type { OrderLeg } from '../../domain/order/client-order-id.ts';

/** Numbers of the exits, stops and targets of each position: every one is given once. */
export class ExitNumbers {
  readonly #highest = new Map<string, Map<OrderLeg, number>>();

  next(positionId: PositionId, leg: OrderLeg): number {
    const number = (this.#highest.get(positionId)?.get(leg) ?? 0) + 1;
    this.#set(positionId, leg, number);
    return number;
  }

  /** Learns of an id that was given earlier, or by a run before. */
  note(clientOrderId: string): void {
    const parts = parseClientOrderId(clientOrderId);
    if (parts === null || parts.leg === 'entry') return;
    const known = this.#highest.get(parts.subject)?.get(parts.leg) ?? 0;
    if (parts.number > known) this.#set(parts.subject, parts.leg, parts.number);
  }

  forget(positionId: PositionId): void {
    this.#highest.delete(positionId);
  }

  #set(subject: string, leg: OrderLeg, number: number): void {
    const ofPosition = this.#highest.get(subject) ?? new Map<OrderLeg, number>();
    this.#highest.set(subject, ofPosition.set(leg, number));
  }
}
