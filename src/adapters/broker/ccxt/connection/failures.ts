/** The venue answered that it did not, or perhaps did not, carry out a request. */
export class VenueRefusal extends Error {
  readonly status: number;
  /** The venue's code (-2010), null when the answer holds none. */
  readonly code: number | null;
  /** The venue's words. */
  readonly reason: string;
  /** Until when the venue wants to be left alone; null when it does not say. */
  readonly retryAfterMs: number | null;
  /** The parsed answer: some hold more than code and text. */
  readonly answer: unknown;

  constructor(request: string, refusal: Pick<VenueRefusal, 'status' | 'code' | 'reason' | 'retryAfterMs' | 'answer'>) {
    super(`${request}: HTTP ${refusal.status}, code ${refusal.code ?? 'none'}: ${refusal.reason}`);
    this.name = 'VenueRefusal';
    this.status = refusal.status;
    this.code = refusal.code;
    this.reason = refusal.reason;
    this.retryAfterMs = refusal.retryAfterMs;
    this.answer = refusal.answer;
  }
}

/** There was no answer. */
export class ConnectionFault extends Error {
  /** False when it is certain that the venue has seen nothing of the request. */
  readonly mayHaveArrived: boolean;

  constructor(problem: string, mayHaveArrived: boolean) {
    super(problem);
    this.name = 'ConnectionFault';
    this.mayHaveArrived = mayHaveArrived;
  }
}

/** An answer of which no sense can be made. */
export class UnreadableAnswer extends Error {
  constructor(problem: string) {
    super(problem);
    this.name = 'UnreadableAnswer';
  }
}

/** The request was never written: it is held back here, or cannot be made. */
export class NotSent extends Error {
  /** How long it is held back; null when it can never be sent like this. */
  readonly retryAfterMs: number | null;

  constructor(problem: string, retryAfterMs: number | null) {
    super(problem);
    this.name = 'NotSent';
    this.retryAfterMs = retryAfterMs;
  }
}

/** Refused here, because the venue has no such thing. */
export class RefusedHere extends Error {
  readonly code: string;

  constructor(code: string, reason: string) {
    super(reason);
    this.name = 'RefusedHere';
    this.code = code;
  }
}
