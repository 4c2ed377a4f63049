import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { err, ok } from '../lib/result.ts';
import type { Result } from '../lib/result.ts';
import { Secret } from '../lib/secret.ts';

/** What requests to the exchange are signed with. */
export interface ExchangeKeys {
  readonly apiKey: Secret;
  /** Of Hyperliquid, whose signatures are of another kind, `hmac` all the same: nobody asks. */
  readonly algorithm: 'hmac' | 'ed25519' | 'rsa';
  /** The HMAC secret, or the private key as PEM text; of Hyperliquid the wallet's private key. */
  readonly secret: Secret;
  /** Of OKX; null elsewhere. */
  readonly passphrase: Secret | null;
}

type Signing = Pick<ExchangeKeys, 'algorithm' | 'secret'>;

const FAULTS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'this user may not read the file',
  EISDIR: 'this is a folder',
};

/**
 * What `BINANCE_SECRET_KEY` stands for: the secret itself, or, when it ends in `.pem`, the private key in that file.
 * @param resolvePath makes a path absolute
 * @returns the key, or what is wrong with it, without a word of its text
 */
export function readSigningKey(text: string, resolvePath: (path: string) => string): Result<Signing, string> {
  if (text.includes('-----BEGIN')) return err('a key in PEM form; put it into a file and give the path');
  if (!/\.pem$/i.test(text)) {
    if (/[/\\]/.test(text)) return err('a path that does not end in .pem');
    return ok({ algorithm: 'hmac', secret: new Secret(text) });
  }
  try {
    const pem = readFileSync(resolvePath(text), 'utf8');
    // Both forms of an encrypted key say so in their first lines.
    if (/ENCRYPTED/.test(pem))
      return err('the key in the file is encrypted, and nobody can be asked for its passphrase');
    const { asymmetricKeyType } = createPrivateKey(pem);
    if (asymmetricKeyType !== 'ed25519' && asymmetricKeyType !== 'rsa') {
      return err(`a key of the kind ${asymmetricKeyType ?? 'unknown'}, and Binance takes Ed25519 and RSA`);
    }
    return ok({ algorithm: asymmetricKeyType, secret: new Secret(pem) });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return err(FAULTS[code ?? ''] ?? 'the file holds no private key in PEM form');
  }
}
