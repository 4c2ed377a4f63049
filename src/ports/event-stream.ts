import type { AuditRecord } from '../domain/event.ts';

export interface EventStreamCapabilities {
  /** Records survive a restart of this process and can be read again from an offset. */
  readonly durable: boolean;
}

/**
 * Audit records for other programs (Kafka, NATS, Redis). At least once, in order of `seq`; readers skip what they know.
 * Contract suite: testkit/event-stream-suite.
 */
export interface EventStream {
  readonly capabilities: EventStreamCapabilities;
  /** Never blocks; at the bound of its queue the oldest records wait on in the audit log and are sent from there. */
  publish(record: AuditRecord): void;
  close(): Promise<void>;
}
