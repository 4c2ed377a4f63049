import type { ReadStream } from 'node:tty';

import { AitraderError } from '../../domain/errors.ts';
import { ApiError } from '../../frontends/client/api-error.ts';
import { createApiClient } from '../../frontends/client/api-client.ts';
import type { ApiClient } from '../../frontends/client/client.ts';
import { questionFailure } from '../../frontends/client/remote/refusal.ts';
import { Secret } from '../../lib/secret.ts';
import { askHidden } from './ask-hidden.ts';

/** So often a command is sent again while no answer comes, over some 15 s when the connection is refused each time. */
const RETRIES = 6;
/** So often the token is asked for. */
const MOST_TRIES = 3;

export interface ClientTerms {
  readonly url: string;
  /** AITRADER_TOKEN; null: not set. */
  readonly token: Secret | null;
  /** Where the token is asked for when it is needed and not set. */
  readonly stdin: ReadStream;
}

/**
 * A client of the daemon that is let in.
 * @throws AitraderError `DAEMON_UNREACHABLE`, `DAEMON_REFUSED` when the token is wrong or there is none to be had
 */
export async function openClient({ url, token, stdin }: ClientTerms): Promise<ApiClient> {
  let tried = token;
  for (let tries = 1; ; tries += 1) {
    const client = createApiClient({ url, token: tried, retries: RETRIES });
    try {
      // Whether it is there and lets us in; a daemon that is not there is told of sooner than a command is given up.
      await createApiClient({ url, token: tried, retries: 0 }).status();
      return client;
    } catch (failure) {
      const mayAsk = failure instanceof ApiError && failure.status === 401 && token === null && stdin.isTTY;
      if (!mayAsk || tries > MOST_TRIES) throw questionFailure(failure, url);
      tried = await askToken(url, stdin);
    }
  }
}

/** @throws AitraderError `USAGE` when the user breaks off */
async function askToken(url: string, stdin: ReadStream): Promise<Secret> {
  const typed = await askHidden(`Token of the daemon at ${url} (it is not shown): `, stdin);
  if (typed !== null && typed !== '') return new Secret(typed);
  throw new AitraderError('USAGE', {
    problem: 'no token was given',
    hint: 'Set AITRADER_TOKEN, or type it when asked.',
  });
}
