import { AitraderError } from '../../../domain/errors.ts';
import { ApiError } from '../api-error.ts';

/** Nobody answered, or somebody who only stands between. */
function isUnanswered({ status, code }: ApiError): boolean {
  return status === 0 || code === 'DAEMON_UNREACHABLE';
}

function refusal({ code, message, hint }: ApiError): AitraderError {
  return new AitraderError('DAEMON_REFUSED', { code, problem: message, remedy: hint });
}

/** What became of a question that brought no answer, in an error of this program; other failures as they are. */
export function questionFailure(failure: unknown, url: string): unknown {
  if (!(failure instanceof ApiError)) return failure;
  if (!isUnanswered(failure)) return refusal(failure);
  const problem = failure.message.replace(`the daemon at ${url} does not answer: `, '');
  return new AitraderError('DAEMON_UNREACHABLE', { url, problem }, { cause: failure });
}

/** What became of a command: refused, or nobody knows. Other failures as they are. */
export function commandFailure(failure: unknown): unknown {
  if (!(failure instanceof ApiError)) return failure;
  if (!isUnanswered(failure)) return refusal(failure);
  return new AitraderError('COMMAND_UNANSWERED', { problem: failure.message }, { cause: failure });
}
