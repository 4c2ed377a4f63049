import type { Config } from '../../config/config.ts';
import { checkToken } from '../../frontends/api/token.ts';
import type { Secret } from '../../lib/secret.ts';

/**
 * Who must not get in over the API is kept out before anything is opened.
 * @throws AitraderError `API_TOKEN_MISSING`, `API_TOKEN_REFUSED`
 */
export function checkDoor(config: Config): void {
  checkToken(config.api.token, exchangeSecrets(config), config.api.host);
}

/** What of the exchange account must never be a password of the API. */
export function exchangeSecrets({ exchange: { keys } }: Config): readonly Secret[] {
  return keys === null ? [] : [keys.apiKey, keys.secret];
}
