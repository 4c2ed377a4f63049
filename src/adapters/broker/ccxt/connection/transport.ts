/** A request as the library has made and signed it. */
export interface HttpRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Carries requests to the venue in the place of the library's own HTTP client. Rejects when there is no answer, with the
 * system's name of the trouble as `code` (`ECONNREFUSED`, `ECONNRESET`) or as `name` (`AbortError`: it took too long).
 */
export type Transport = (request: HttpRequest) => Promise<HttpAnswer>;
