import { join } from 'node:path';

import { AitraderError, describeFailure, errorCatalogue } from '../../domain/errors.ts';
import type { ErrorArguments, ErrorContext } from '../../domain/errors.ts';

/**
 * What goes over the control socket: lines of JSON. A request is `{id, verb, args}`; it is answered by `{id, ok}` or
 * `{id, error}`. With `follow: true` it is answered by any number of `{id, next}`, until the asking side hangs up or an
 * `{id, error}` ends it. The requests of a connection are answered one after the other.
 */
export interface ControlRequest {
  /** Comes back with the answer. */
  readonly id: number | string;
  readonly verb: string;
  readonly args: unknown;
  readonly follow: boolean;
}

/** An error as it crosses the socket. `context` lets a program of the same version say it in full. */
export interface ErrorJson {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly context: ErrorContext;
}

export type ControlReply =
  | { readonly id: ControlRequest['id'] | null; readonly ok: unknown }
  | { readonly id: ControlRequest['id'] | null; readonly next: unknown }
  | { readonly id: ControlRequest['id'] | null; readonly error: ErrorJson };

const LONGEST_ID = 64;
const REQUEST_FORM = 'Send one line of JSON: {"id": 1, "verb": "status", "args": {}}, with "follow": true to follow.';

function refused(problem: string): AitraderError {
  return new AitraderError('CONTROL_REQUEST_REFUSED', { problem, remedy: REQUEST_FORM });
}

/**
 * The request that a line is.
 * @throws AitraderError `CONTROL_REQUEST_REFUSED`
 */
export function readRequest(line: string): ControlRequest {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch (failure) {
    throw refused(`it is no JSON: ${describeFailure(failure).slice(0, 200)}`);
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw refused('it is no JSON object');
  const { id, verb, args = {}, follow = false } = json as Partial<Record<keyof ControlRequest, unknown>>;
  const isId = typeof id === 'number' || (typeof id === 'string' && id.length <= LONGEST_ID);
  if (!isId) throw refused(`its id is no number and no text of up to ${LONGEST_ID} characters`);
  if (typeof verb !== 'string') throw refused('it names no verb');
  if (typeof follow !== 'boolean') throw refused('follow is neither true nor false');
  return { id, verb, args, follow };
}

/** What a failure says of itself; of one that nobody foresaw only that. */
export function errorJson(failure: unknown): ErrorJson {
  const error =
    failure instanceof AitraderError
      ? failure
      : new AitraderError('INTERNAL', { problem: describeFailure(failure) }, { cause: failure });
  const { code, message, hint, context } = error;
  return { code, message, hint, context };
}

/** The error that crossed the socket. One of another version, with a code that is not known here, comes as it was told. */
export function errorFromJson(json: ErrorJson, dataDir: string): AitraderError {
  const isKnown = errorCatalogue().some(({ code }) => code === json.code);
  if (isKnown) return new AitraderError(...([json.code, json.context] as unknown as ErrorArguments));
  return new AitraderError('CONTROL_UNREACHABLE', { path: dataDir, problem: `${json.code}: ${json.message}` });
}

/** What the kernel's `sun_path` holds, less the zero at its end: unix(7); macOS has four bytes less. */
const MOST_PATH_BYTES = process.platform === 'darwin' ? 103 : 107;

/**
 * Where the control socket of a data folder lies.
 * @throws AitraderError `CONTROL_SOCKET_UNUSABLE` when the system takes no socket of such a long path
 */
export function controlSocketPath(dataDir: string): string {
  const path = join(dataDir, 'control.sock');
  const bytes = Buffer.byteLength(path);
  if (bytes <= MOST_PATH_BYTES) return path;
  throw new AitraderError('CONTROL_SOCKET_UNUSABLE', {
    path,
    problem: `its path has ${bytes} bytes, the system takes ${MOST_PATH_BYTES}`,
    remedy: 'Use a data folder with a shorter path: --data-dir DIR or AITRADER_HOME.',
  });
}
