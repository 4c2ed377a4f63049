/** Ends of field names whose values are secrets, in lower case without separators: `X-MBX-APIKEY`, `set-cookie`, `accessToken`. */
const SENSITIVE_ENDS = [
  ...['token', 'secret', 'secretkey', 'apikey', 'accesskey', 'privatekey', 'listenkey', 'signature', 'pem', 'jwt'],
  ...['password', 'passwd', 'passphrase', 'credential', 'credentials', 'auth', 'authorization', 'cookie', 'cookies'],
  ...['databaseurl', 'webhookurl', 'dsn'],
];
const SENSITIVE_NAME = new RegExp(`(?:${SENSITIVE_ENDS.join('|')})$`);

/** Whether a field of this name holds a secret. Counts of a language model's tokens (`maxTokens`) do not. */
export function isSensitiveName(name: string): boolean {
  return SENSITIVE_NAME.test(name.toLowerCase().replace(/[^a-z0-9]/g, ''));
}

/** What secrets look like inside of text. Each begins at a fixed word, so that no text makes the search slow. */
const PATTERNS: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  // The password of postgres://user:password@host.
  [/(:\/\/[^\s/:@]*:)[^\s/@]+@/g, '$1[redacted]@'],
  [/([?&](?:signature|token|api_?key|listenkey|secret|password)=)[^&\s"']+/gi, '$1[redacted]'],
  [/\b(bearer\s)\s*[\w.~+/=-]{8,}/gi, '$1[redacted]'],
];

/** Takes out of a text what has the form of a secret, known or not. */
export function redactPatterns(text: string): string {
  return PATTERNS.reduce((masked, [pattern, replacement]) => masked.replace(pattern, replacement), text);
}
