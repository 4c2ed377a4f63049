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

/**
 * What a venue's code means, for all venues alike. `unknown`: the venue's own trouble, the request may have been carried out.
 * `wait`, `limit` (all requests are to wait) and `clock` (our timestamp): surely not carried out, and may be sent again. The
 * rest is refused: `gone` (the order does not work any more, or never did), `duplicate` (a client order id in use),
 * `would_trigger` (a stop whose price has come already), `nothing_to_reduce`, `hedge` (the account has two positions a symbol),
 * `unchanged` (it is as wanted), `keys`, `permission` and `locked` (key or account may not), `refused` for any other reason.
 */
export type RefusalMeaning =
  | ('unknown' | 'wait' | 'limit' | 'clock')
  | ('gone' | 'duplicate' | 'would_trigger' | 'nothing_to_reduce' | 'hedge' | 'unchanged')
  | ('keys' | 'permission' | 'locked' | 'refused');

/** The venue did not, or perhaps did not, carry out a request, and the table of its codes has said which. */
export class JudgedRefusal extends Error {
  readonly meaning: RefusalMeaning;
  /** The venue's code, or a name of ours where the venue has words only. */
  readonly code: string;
  /** The venue's words. */
  readonly reason: string;
  /** How long the venue wants us to wait; null when it does not say. */
  readonly retryAfterMs: number | null;

  constructor(request: string, refusal: Pick<JudgedRefusal, 'meaning' | 'code' | 'reason' | 'retryAfterMs'>) {
    super(`${request}: code ${refusal.code}: ${refusal.reason}`);
    this.name = 'JudgedRefusal';
    this.meaning = refusal.meaning;
    this.code = refusal.code;
    this.reason = refusal.reason;
    this.retryAfterMs = refusal.retryAfterMs;
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
