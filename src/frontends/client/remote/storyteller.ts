import type { AuditRecord } from '../../../domain/event.ts';
import type { Position } from '../../../domain/position/position.ts';
import type { Signal } from '../../../domain/signal.ts';
import type { PositionForm, SignalForm, TradeForm, TraderForm } from '../../shared/wire/forms.ts';
import type { TraderRow } from './read-trader.ts';
import { REMOTE_USER } from './values.ts';

/**
 * Makes the audit records that a screen listens to of what changes in a remote desk. They have the subjects, changes and fields
 * of the engine's own, as far as the API tells them, and numbers of their own.
 */
export class Storyteller {
  readonly #listeners = new Set<(record: AuditRecord) => void>();
  #seq = 0;

  listen(listener: (record: AuditRecord) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  signal({ id, status, symbol, side, conditions, reason, code, updatedAt }: SignalForm, before?: Signal): void {
    if (before?.state.status === status) return;
    const data = { id, symbol, side, conditions, state: { status, reason, code } };
    this.#tell('signal', status, { id, at: updatedAt, data });
  }

  position(form: PositionForm, before?: Position): void {
    const { id, symbol, side, quantity, entryPrice, stopLoss, reason, takeProfit, openedAt, updatedAt } = form;
    const data = {
      ...{ id, symbol, side, quantity, openReason: reason },
      lots: entryPrice === null ? [] : [{ price: entryPrice }],
      protection: { stopPrice: stopLoss },
    };
    if (before === undefined) return this.#tell('position', 'opened', { id, at: openedAt, data });
    const reachedBefore = before.plan.targets.filter(({ reachedAt }) => reachedAt !== null).length;
    const reached = takeProfit.filter(({ reachedAt }) => reachedAt !== null).length;
    if (reached > reachedBefore) this.#tell('position', 'target reached', { id, at: updatedAt, data });
  }

  trade(form: TradeForm, before?: unknown): void {
    if (before === undefined) this.#tell('trade', 'closed', { id: form.id, at: form.exitTime, data: form });
  }

  trader({ id, name, state, reason, updatedAt }: TraderForm, before?: TraderRow): void {
    if (state !== 'disabled' || before?.trader.state.status === 'disabled') return;
    this.#tell('trader', 'disabled', { id, at: updatedAt, data: { id, name, state: { status: state, reason } } });
  }

  #tell(
    subject: string,
    change: string,
    news: { readonly id: string; readonly at: number; readonly data: object },
  ): void {
    this.#seq += 1;
    const record: AuditRecord = {
      ...{ seq: this.#seq, at: news.at, userId: REMOTE_USER, subject, subjectId: news.id, change },
      data: JSON.stringify(news.data),
    };
    for (const listener of this.#listeners) listener(record);
  }
}
