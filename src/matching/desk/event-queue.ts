import type { VenueEvent } from '../venue-types.ts';

/**
 * Holds what happened until the call that caused it has done its work, then tells it in order. A sink that calls the venue
 * again adds to the end of the queue; it never sees the venue in the middle of a step.
 */
export class EventQueue {
  private readonly sink: (event: VenueEvent) => void;
  private waiting: VenueEvent[] = [];
  private isTelling = false;

  constructor(sink: (event: VenueEvent) => void) {
    this.sink = sink;
  }

  push(event: VenueEvent): void {
    this.waiting.push(event);
  }

  /** Tells everything that waits. A sink that throws loses no event: the rest is told by the next call. */
  tell(): void {
    if (this.isTelling || this.waiting.length === 0) return;
    this.isTelling = true;
    let told = 0;
    try {
      while (told < this.waiting.length) {
        told += 1;
        this.sink(this.waiting[told - 1] as VenueEvent);
      }
    } finally {
      this.waiting = this.waiting.slice(told);
      this.isTelling = false;
    }
  }
}
