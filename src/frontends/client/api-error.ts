/** What the daemon answered in place of what was asked for; or, with the code `DAEMON_UNREACHABLE`, that it did not. */
export class ApiError extends Error {
  /** Stable, as in the catalogue of errors. */
  readonly code: string;
  /** What to do. */
  readonly hint: string;
  /** Of HTTP; 0: there was no answer. */
  readonly status: number;
  /** After `RATE_LIMITED`: when to try again. */
  readonly retryAfterMs: number | null;

  constructor(
    error: { readonly code: string; readonly message: string; readonly hint: string },
    terms: { readonly status: number; readonly retryAfterMs?: number | null; readonly cause?: unknown },
  ) {
    super(error.message, { cause: terms.cause });
    this.name = 'ApiError';
    this.code = error.code;
    this.hint = error.hint;
    this.status = terms.status;
    this.retryAfterMs = terms.retryAfterMs ?? null;
  }
}
