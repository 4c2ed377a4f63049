/** What one examination found. */
export interface Finding {
  /** What was looked at. */
  readonly check: string;
  /** `warning`: works, but somebody should know. */
  readonly verdict: 'ok' | 'warning' | 'failed';
  readonly detail: string;
  /** What to do; null when there is nothing to do. */
  readonly remedy: string | null;
}

export function ok(check: string, detail: string): Finding {
  return { check, verdict: 'ok', detail, remedy: null };
}

export function warning(check: string, detail: string, remedy: string): Finding {
  return { check, verdict: 'warning', detail, remedy };
}

export function failed(check: string, detail: string, remedy: string): Finding {
  return { check, verdict: 'failed', detail, remedy };
}
