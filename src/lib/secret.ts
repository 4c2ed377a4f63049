const MASK = '[secret]';

/**
 * Text that must not be seen: an API key, a password. Printing, logging or serialising the object shows `[secret]`;
 * only `reveal` gives the text, at the one place that needs it.
 */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return MASK;
  }
}
