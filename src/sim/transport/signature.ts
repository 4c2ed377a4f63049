import { createHmac, createPublicKey, timingSafeEqual, verify } from 'node:crypto';

/** A key pair of the venue: HMAC secret, or the public half (PEM) of an Ed25519 or RSA key. */
export interface ApiCredentials {
  readonly apiKey: string;
  readonly apiSecret: string;
}

const SIGNATURE = 'signature=';

/** A text without its `signature` parameter, and that parameter decoded; a signature that cannot be decoded is empty. */
export function splitSignature(text: string): { readonly payload: string; readonly signature: string | null } {
  const parts = text.split('&');
  const signed = parts.find((part) => part.startsWith(SIGNATURE));
  if (signed === undefined) return { payload: text, signature: null };
  const payload = parts.filter((part) => !part.startsWith(SIGNATURE)).join('&');
  const signature = new URLSearchParams(signed).get('signature') ?? '';
  return { payload, signature: signature.replaceAll(' ', '+') };
}

/** What the venue signs of a WebSocket API message: the parameters but for the signature, sorted by name. */
export function webSocketPayload(params: Readonly<Record<string, unknown>>): string {
  return Object.entries(params)
    .filter(([name]) => name !== 'signature')
    .map(([name, value]): [string, string] => [name, typeof value === 'string' ? value : JSON.stringify(value)])
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

/** True when `signature` is the key's signature of `payload`: HMAC SHA256 in hex, or Ed25519 / RSA SHA256 in base64. */
export function isSigned(payload: string, signature: string, credentials: ApiCredentials): boolean {
  if (credentials.apiSecret.includes('PUBLIC KEY'))
    return isSignedAsymmetric(payload, signature, credentials.apiSecret);
  const expected = createHmac('sha256', credentials.apiSecret).update(payload).digest();
  const given = Buffer.from(signature, 'hex');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function isSignedAsymmetric(payload: string, signature: string, publicKeyPem: string): boolean {
  const key = createPublicKey(publicKeyPem);
  const algorithm = key.asymmetricKeyType === 'ed25519' ? null : 'sha256';
  return verify(algorithm, Buffer.from(payload), key, Buffer.from(signature, 'base64'));
}
