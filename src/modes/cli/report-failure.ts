import { AitraderError, describeFailure } from '../../domain/errors.ts';

/** Any failure as errors with code and hint; what nobody foresaw becomes `INTERNAL`. */
export function asAitraderErrors(failure: unknown): readonly [AitraderError, ...AitraderError[]] {
  if (failure instanceof AitraderError) return [failure];
  if (failure instanceof AggregateError) {
    const [first, ...others] = failure.errors.flatMap(asAitraderErrors);
    if (first !== undefined) return [first, ...others];
  }
  return [new AitraderError('INTERNAL', { problem: describeFailure(failure) }, { cause: failure })];
}

function asText(error: AitraderError): string {
  const stack = error.code === 'INTERNAL' && error.cause instanceof Error ? (error.cause.stack ?? '') : '';
  const lines = [`aitrader: ${error.message}`, ...`${error.hint}\n${stack}`.trimEnd().split('\n')];
  return `${lines.join('\n  ')}\n`;
}

/**
 * What goes to stderr for a failed command: one JSON object for programs; for people what is wrong and what to do, with the
 * stack when it is a fault of the program.
 */
export function failureText(failure: unknown, asJson: boolean): string {
  const errors = asAitraderErrors(failure);
  if (!asJson) return errors.map(asText).join('');
  const [error, ...others] = errors.map(({ code, message, hint }) => ({ code, message, hint }));
  return `${JSON.stringify(others.length === 0 ? { error } : { error, others })}\n`;
}
