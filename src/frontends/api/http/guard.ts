import type { IncomingHttpHeaders } from 'node:http';

import { AitraderError } from '../../../domain/errors.ts';
import type { Secret } from '../../../lib/secret.ts';
import { bearerOf, isLoopback, tokenGate } from '../token.ts';
import type { TokenGate } from '../token.ts';
import type { AddressBudgets } from './budget.ts';

/** What of a request decides whether it is let in. */
export interface Caller {
  readonly headers: IncomingHttpHeaders;
  /** `?api_key=` of a WebSocket; null elsewhere. */
  readonly queryKey: string | null;
  readonly address: string;
}

/**
 * Lets in who shows the token. Without one the daemon listens on loopback alone, and then whoever asks must be a program of
 * this machine: pages in a browser could ask, too, and are known by the names that browsers send along.
 */
export class Guard {
  readonly #isToken: TokenGate | null;
  readonly #refusals: AddressBudgets;

  constructor(token: Secret | null, refusals: AddressBudgets) {
    this.#isToken = token === null ? null : tokenGate(token);
    this.#refusals = refusals;
  }

  /**
   * Whether the caller showed the token already. False: nothing was shown, and nothing wrong.
   * @throws AitraderError `UNAUTHORIZED` for a wrong one, `RATE_LIMITED` after many
   */
  hasShown({ headers, queryKey, address }: Caller): boolean {
    if (this.#isToken === null) return this.#isLocal(headers);
    const given = bearerOf(headers.authorization) ?? queryKey;
    if (given === null && headers.authorization === undefined) return false;
    return this.accepts(given ?? '', address);
  }

  /**
   * @returns true
   * @throws AitraderError `UNAUTHORIZED`, `RATE_LIMITED`
   */
  accepts(given: string, address: string): true {
    if (this.#isToken?.(given) !== false) return true;
    this.#refusals.of(address).take('refused tokens');
    throw new AitraderError('UNAUTHORIZED', { problem: 'the one that was sent is another' });
  }

  /** @throws AitraderError `UNAUTHORIZED` */
  #isLocal({ host = '', origin, 'sec-fetch-site': site }: IncomingHttpHeaders): true {
    const name = host.replace(/:\d+$/, '');
    const isForeign = !isLoopback(name) || origin !== undefined || (site !== undefined && site !== 'none');
    if (!isForeign) return true;
    throw new AitraderError('UNAUTHORIZED', { problem: 'without one set, only programs of this machine are let in' });
  }
}

/** @throws AitraderError `UNAUTHORIZED` */
export function requireToken(guard: Guard, caller: Caller): void {
  if (!guard.hasShown(caller)) throw new AitraderError('UNAUTHORIZED', { problem: 'none was sent' });
}
