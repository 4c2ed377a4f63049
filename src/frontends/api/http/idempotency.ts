import { createHash } from 'node:crypto';

import { AitraderError } from '../../../domain/errors.ts';

/** More keys are not remembered: the oldest is forgotten. */
const MOST_KEYS = 10_000;
const KEY = /^[\x21-\x7e]{1,200}$/;

interface Remembered {
  readonly command: string;
  readonly answer: Promise<unknown>;
}

/** Carries a command out once for each key, and answers every repetition as the first time: also with its refusal. */
export class OnceByKey {
  readonly #commands = new Map<string, Remembered>();

  /**
   * @param key as given by the client; undefined: none, the command is carried out
   * @param command what tells it from others: method, path and body
   * @throws AitraderError `IDEMPOTENCY_KEY_REUSED`, `API_REQUEST_REFUSED`
   */
  async run<Answer>(key: string | undefined, command: string, carryOut: () => Promise<Answer>): Promise<Answer> {
    if (key === undefined) return carryOut();
    if (!KEY.test(key)) {
      throw new AitraderError('API_REQUEST_REFUSED', {
        problem: 'its Idempotency-Key is not of 1 to 200 printable ASCII characters',
        remedy: 'Take a random UUID.',
      });
    }
    const hash = createHash('sha256').update(command).digest('base64');
    const known = this.#commands.get(key);
    if (known === undefined) return this.#first(key, hash, carryOut);
    if (known.command === hash) return known.answer as Promise<Answer>;
    throw new AitraderError('IDEMPOTENCY_KEY_REUSED', { given: key });
  }

  #first<Answer>(key: string, command: string, carryOut: () => Promise<Answer>): Promise<Answer> {
    const answer = carryOut();
    // Who sent it hears of a refusal; a repetition hears it again.
    answer.catch(() => undefined);
    this.#commands.set(key, { command, answer });
    if (this.#commands.size > MOST_KEYS) {
      const [oldest] = this.#commands.keys();
      if (oldest !== undefined) this.#commands.delete(oldest);
    }
    return answer;
  }
}
