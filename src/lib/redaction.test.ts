import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRedactor, REDACTED } from './redaction.ts';

/** Secrets of any writing, with the characters that encodings change well represented; none is part of the mask. */
const secrets = fc
  .oneof(
    fc.string({ minLength: 6, maxLength: 40, unit: 'grapheme' }),
    fc.string({
      minLength: 6,
      maxLength: 40,
      unit: fc.constantFrom('a', 'Z', '7', '+', '/', '=', '"', '\\', ' ', '%', '~', '&'),
    }),
    fc.string({ minLength: 64, maxLength: 64, unit: fc.constantFrom(...'abcdefXYZ0189') }),
  )
  .filter((secret) => secret.trim().length >= 6 && secret.isWellFormed() && !REDACTED.includes(secret.trim()));

const surroundings = fc.string({ maxLength: 30, unit: fc.constantFrom('x', 'y', '/', '"', ' ', '=', '\\', 'é') });

/** The ways in which a value travels; each gives the text in which it may be found and the form to look for. */
const FORMS: Record<string, (text: string) => string> = {
  plain: (text) => text,
  'URL-encoded': encodeURIComponent,
  'URL-encoded in lower case': (text) => encodeURIComponent(text).replace(/%../g, (code) => code.toLowerCase()),
  'form-encoded': (text) => new URLSearchParams({ text }).toString().slice('text='.length),
  'JSON-escaped': (text) => JSON.stringify(text).slice(1, -1),
  'JSON inside of JSON': (text) => JSON.stringify(JSON.stringify(text).slice(1, -1)).slice(1, -1),
};

describe('a redactor', () => {
  it.each(Object.keys(FORMS))('finds a value that is %s, and keeps what stands around it', (name) => {
    const encode = FORMS[name] ?? String;
    fc.assert(
      fc.property(secrets, surroundings, surroundings, (secret, before, after) => {
        const value = secret.trim();
        const redacted = createRedactor([secret]).redact(`${before}|${encode(value)}|${after}`);
        expect(redacted.split('|').length).toBeGreaterThanOrEqual(3);
        expect(redacted).toContain(REDACTED);
        expect(redacted.startsWith(`${before}|`)).toBe(true);
        expect(redacted.endsWith(`|${after}`)).toBe(true);
      }),
    );
  });

  it.each(['base64', 'base64url'] as const)('finds a value inside of %s, whatever stands before it', (encoding) => {
    fc.assert(
      fc.property(secrets, fc.string({ maxLength: 7 }), fc.string({ maxLength: 7 }), (secret, before, after) => {
        const encoded = Buffer.from(before + secret.trim() + after).toString(encoding);
        const redacted = createRedactor([secret]).redact(encoded);
        expect(redacted).toContain(REDACTED);
        const left = redacted.split(REDACTED).map((piece) => Buffer.from(piece, encoding).toString());
        expect(left.join('')).not.toContain(secret.trim());
      }),
    );
  });

  it('finds each of many values, also where one begins with another', () => {
    fc.assert(
      fc.property(fc.array(secrets, { minLength: 1, maxLength: 8 }), (many) => {
        const redactor = createRedactor(many);
        for (const secret of many) expect(redactor.redact(secret.trim())).not.toContain(secret.trim());
      }),
    );
    expect(createRedactor(['abcdef', 'abcdef-long']).redact('abcdef-long abcdef')).toBe(`${REDACTED} ${REDACTED}`);
  });

  it('takes every line of a key file as a secret, and its first and last line for what they are', () => {
    const redactor = createRedactor([
      '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2Vw\r\nQyNTE5c2VjcmV0\n-----END PRIVATE KEY-----\n',
    ]);
    expect(redactor.redact('got -----BEGIN PRIVATE KEY----- MC4CAQAwBQYDK2Vw')).toBe(
      `got -----BEGIN PRIVATE KEY----- ${REDACTED}`,
    );
    expect(redactor.redact('QyNTE5c2VjcmV0')).toBe(REDACTED);
  });

  it('does not register values shorter than 6 characters, and leaves text alone that holds none', () => {
    expect(createRedactor(['12345']).redact('a count of 12345')).toBe('a count of 12345');
    expect(createRedactor().redact('anything')).toBe('anything');
    expect(createRedactor(['s3cret-value']).redact('s3cret-valu')).toBe('s3cret-valu');
  });

  it('knows values that were added later', () => {
    const redactor = createRedactor();
    redactor.add(['listen-key-1']);
    expect(redactor.redact('ws/listen-key-1')).toBe(`ws/${REDACTED}`);
  });

  it('never finds a form longer than it says', () => {
    fc.assert(
      fc.property(secrets, fc.constantFrom(...Object.values(FORMS)), (secret, encode) => {
        const redactor = createRedactor([secret]);
        expect(encode(secret.trim()).length).toBeLessThanOrEqual(redactor.longestForm());
      }),
    );
  });

  it('takes no longer on text that is made to be slow', () => {
    const redactor = createRedactor(['aaaaaa\\\\\\\\\\\\\\\\\\\\"b', 'pass"""""word']);
    const hostile = `${'a'.repeat(5_000)}${'\\'.repeat(5_000)}${'"'.repeat(5_000)}`;
    expect(redactor.redact(hostile)).toBe(hostile);
  });
});
