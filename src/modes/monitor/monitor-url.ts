import { AitraderError } from '../../domain/errors.ts';
import { isLoopback } from '../../frontends/api/token.ts';
import { printable } from '../../lib/printable.ts';

/** Where a daemon is reached. */
export interface MonitorUrl {
  /** Without a path and a slash at its end. */
  readonly url: string;
  /** What is sent there can be read on the way. */
  readonly isInTheClear: boolean;
}

/**
 * The address of a daemon as it was typed: `https://desk.example.com`, `127.0.0.1:8080`.
 * @throws AitraderError `USAGE`
 */
export function readMonitorUrl(given: string): MonitorUrl {
  const text = /^[a-z]+:\/\//i.test(given) ? given : `http://${given}`;
  if (!URL.canParse(text)) throw refused(given, 'it is no address');
  const { protocol, username, password, hostname, pathname, search, hash, origin } = new URL(text);
  if (protocol !== 'http:' && protocol !== 'https:')
    throw refused(given, 'it begins neither with http:// nor with https://');
  if (username !== '' || password !== '')
    throw refused('an address with a password', 'a password does not belong in it');
  if (pathname !== '/' || search !== '' || hash !== '') throw refused(given, 'it has more than a host and a port');
  const isInTheClear = protocol === 'http:' && !isLoopback(hostname);
  return { url: origin, isInTheClear };
}

function refused(given: string, problem: string): AitraderError {
  const hint = 'Write --monitor https://HOST:PORT, or http://127.0.0.1:8080 for a daemon of this machine.';
  return new AitraderError('USAGE', { problem: `--monitor ${printable(given)}: ${problem}`, hint });
}
