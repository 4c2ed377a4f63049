import { SECOND_MS } from '../domain/time.ts';

/** A difference that holds for so long has not come of news on their way. */
const SETTLED_MS = 2 * SECOND_MS;

interface Doubt {
  readonly difference: string;
  readonly since: number;
}

/**
 * Differences between books and venue. Fills that come while the venue is asked make one for a moment: it is believed when
 * it is found again a while later, just as it was.
 */
export class Doubts {
  #before: ReadonlyMap<string, Doubt> = new Map();
  #open = new Map<string, Doubt>();

  /** Whether the last look has found something that has to be looked at again. */
  get areOpen(): boolean {
    return this.#open.size > 0;
  }

  /** A new look begins. */
  begin(): void {
    this.#before = this.#open;
    this.#open = new Map();
  }

  /**
   * @param key what differs
   * @param found how it differs, with whatever would have changed if something had been booked since; and when the venue said so
   * @returns whether it has been so long enough; then it counts as dealt with
   */
  isReal(key: string, found: { readonly difference: string; readonly at: number }): boolean {
    const before = this.#before.get(key);
    const since = before?.difference === found.difference ? before.since : found.at;
    if (found.at - since >= SETTLED_MS) return true;
    this.#open.set(key, { difference: found.difference, since });
    return false;
  }

  /** What was found before cannot be looked at this time: it is neither confirmed nor refuted. */
  keep(key: string): void {
    const before = this.#before.get(key);
    if (before !== undefined) this.#open.set(key, before);
  }

  /** Something could not be compared: it has to be looked at again. */
  again(key: string, at: number): void {
    this.#open.set(key, { difference: 'not compared', since: at });
  }
}
