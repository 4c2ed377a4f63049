import { createHash, timingSafeEqual } from 'node:crypto';

import { AitraderError } from '../../domain/errors.ts';
import type { Secret } from '../../lib/secret.ts';

const SHORTEST_TOKEN = 16;
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/i;

/** Whether only this machine reaches what listens there. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host);
}

/** Binance's keys are 64 letters and digits; 64 hexadecimal digits in lower case are what `openssl rand -hex 32` prints. */
function isShapedLikeExchangeKey(text: string): boolean {
  return /-----BEGIN/.test(text) || (/^[A-Za-z0-9]{64}$/.test(text) && !/^[0-9a-f]{64}$/.test(text));
}

/**
 * Holds the token against its rules before anything listens.
 * @throws AitraderError `API_TOKEN_MISSING`, `API_TOKEN_REFUSED`
 */
export function checkToken(token: Secret | null, exchangeKeys: readonly Secret[], host: string): void {
  if (token === null) {
    if (isLoopback(host)) return;
    throw new AitraderError('API_TOKEN_MISSING', { host });
  }
  const text = token.reveal();
  const problem = problemOf(text, exchangeKeys);
  if (problem !== null) throw new AitraderError('API_TOKEN_REFUSED', { problem });
}

function problemOf(text: string, exchangeKeys: readonly Secret[]): string | null {
  if (text.length < SHORTEST_TOKEN) return `it has ${text.length} characters`;
  if (!/^[\x21-\x7e]+$/.test(text)) return 'it holds a blank or a character outside of ASCII';
  if (isShapedLikeExchangeKey(text)) return 'it has the form of an exchange key, which must not travel as a password';
  const isKey = exchangeKeys.some((key) => key.reveal() === text);
  return isKey ? 'it is a key of the exchange account, which must not travel as a password' : null;
}

/** What is compared has one length, whatever is sent: the time that it takes tells nothing of the token. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** Knows whether a text is the token, and tells nothing by how long it thinks. */
export type TokenGate = (given: string) => boolean;

export function tokenGate(token: Secret): TokenGate {
  const expected = digest(token.reveal());
  return (given) => timingSafeEqual(digest(given), expected);
}

const BEARER = /^Bearer +(\S+)$/i;

/** The token in an `Authorization` header, null when it holds none. */
export function bearerOf(header: string | undefined): string | null {
  return BEARER.exec(header ?? '')?.[1] ?? null;
}
