import { AitraderError, describeFailure } from '../../domain/errors.ts';

/** A failure as `--json` callers read it from stderr. */
interface FailureJson {
  readonly error: { readonly code: string; readonly message: string; readonly hint: string };
}

/** Any failure as an error with code and hint; what nobody foresaw becomes `INTERNAL`. */
export function asAitraderError(failure: unknown): AitraderError {
  if (failure instanceof AitraderError) return failure;
  return new AitraderError('INTERNAL', { problem: describeFailure(failure) }, { cause: failure });
}

/**
 * What goes to stderr for a failed command: a JSON object for programs, two lines for people, with the stack when it is a
 * fault of the program.
 */
export function failureText(failure: unknown, asJson: boolean): string {
  const error = asAitraderError(failure);
  if (asJson) {
    const body: FailureJson = { error: { code: error.code, message: error.message, hint: error.hint } };
    return `${JSON.stringify(body)}\n`;
  }
  const cause = error.code === 'INTERNAL' && error.cause instanceof Error ? `\n${error.cause.stack ?? ''}` : '';
  return `aitrader: ${error.message}\n  ${error.hint.replaceAll('\n', '\n  ')}${cause}\n`;
}
