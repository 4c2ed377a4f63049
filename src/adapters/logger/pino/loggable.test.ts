import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decimal } from '../../../domain/decimal.ts';
import { AitraderError } from '../../../domain/errors.ts';
import { createRedactor } from '../../../lib/redaction.ts';
import { Secret } from '../../../lib/secret.ts';
import { loggableFields, loggableText } from './loggable.ts';

const nothingSecret = createRedactor();

function logged(fields: Record<string, unknown>, secrets: readonly string[] = []): unknown {
  return JSON.parse(JSON.stringify(loggableFields(fields, createRedactor(secrets))));
}

describe('fields of a log line', () => {
  it('keep plain values, and say in words what JSON cannot hold', () => {
    const fields = {
      text: 'x',
      number: 1.5,
      no: null,
      yes: true,
      list: [1, 'a'],
      notANumber: Number.NaN,
      big: 12345678901234567890n,
      amount: decimal('0.00000001'),
      when: new Date(0),
      never: new Date(Number.NaN),
      bytes: new Uint8Array(12),
      map: new Map<unknown, unknown>([
        ['a', 1],
        [{ b: 1 }, 2],
      ]),
      set: new Set(['x']),
      run: () => 1,
      link: new URL('https://u:p4ssw0rd@example.org/x'),
      secret: new Secret('x'),
      gone: undefined,
    };
    expect(logged(fields)).toEqual({
      text: 'x',
      number: 1.5,
      no: null,
      yes: true,
      list: [1, 'a'],
      notANumber: 'NaN',
      big: '12345678901234567890',
      amount: '0.00000001',
      when: '1970-01-01T00:00:00.000Z',
      never: 'Invalid Date',
      bytes: '[12 bytes]',
      map: { a: 1, '{"b":1}': 2 },
      set: ['x'],
      run: '[function]',
      link: 'https://u:[redacted]@example.org/x',
      secret: '[redacted]',
    });
  });

  it('show an error with code, hint, context, frames and causes', () => {
    const cause = Object.assign(new TypeError('fetch failed'), { code: 'ECONNRESET' });
    const error = new AitraderError('DISK_FULL', { path: '/data' }, { cause });
    const shown = logged({ error }) as { error: Record<string, unknown> & { cause: Record<string, unknown> } };
    expect(shown.error).toMatchObject({
      name: 'AitraderError',
      code: 'DISK_FULL',
      message: 'no space left for /data',
      context: { path: '/data' },
      cause: { name: 'TypeError', message: 'fetch failed', code: 'ECONNRESET' },
    });
    expect(shown.error['hint']).toContain('Free space');
    expect(shown.error['stack']).toMatch(/^ {4}at .*loggable\.test\.ts/);
    expect(logged({ error: new AggregateError([new Error('one'), new Error('two')]) })).toMatchObject({
      error: { errors: [{ message: 'one' }, { message: 'two' }] },
    });
  });

  it('mask what stands under the name of a secret, and say whether there is one', () => {
    const fields = {
      apiKey: 'x',
      headers: { Authorization: ['y'] },
      token: 5,
      hasToken: true,
      password: null,
      maxTokens: 9,
    };
    expect(logged(fields)).toEqual({
      apiKey: '[redacted]',
      headers: { Authorization: '[redacted]' },
      token: '[redacted]',
      hasToken: true,
      password: null,
      maxTokens: 9,
    });
  });

  it('mask numbers whose digits are a secret', () => {
    expect(logged({ pin: 123456, count: 99, big: 123456n }, ['123456'])).toEqual({
      pin: '[redacted]',
      count: 99,
      big: '[redacted]',
    });
  });

  it('run no foreign code, and never throw', () => {
    const hostile = {
      get getter(): string {
        throw new Error('getter ran');
      },
      proxy: new Proxy(
        {},
        {
          get: () => {
            throw new Error('trap ran');
          },
          ownKeys: () => {
            throw new Error('trap ran');
          },
        },
      ),
      toJSON: () => {
        throw new Error('toJSON ran');
      },
      odd: Object.create(null, {
        [Symbol.toStringTag]: {
          get: () => {
            throw new Error('tag ran');
          },
        },
      }) as object,
      error: Object.defineProperty(new Error('x'), 'message', {
        get: () => {
          throw new Error('message ran');
        },
      }),
      symbol: Symbol('s'),
      ['__proto__x']: 1,
    };
    expect(logged(hostile)).toMatchObject({ getter: '[getter]', proxy: '[proxy]', toJSON: '[function]', odd: {} });
    expect(logged(hostile)).toMatchObject({ error: { message: '[unreadable]' }, symbol: 'Symbol(s)' });
    const revoked = Proxy.revocable({}, {});
    revoked.revoke();
    expect(logged(revoked.proxy)).toEqual({ fields: '[proxy]' });
    expect(logged(JSON.parse('{"__proto__": {"polluted": 1}}') as Record<string, unknown>)).not.toHaveProperty(
      'polluted',
    );
    expect({}).not.toHaveProperty('polluted');
  });

  it('are bounded in depth, width, length and number, and circles are seen', () => {
    const circle: Record<string, unknown> = { name: 'circle' };
    circle['self'] = [circle];
    expect(logged({ circle, twice: [circle, circle] })).toMatchObject({
      circle: { name: 'circle', self: ['[circular]'] },
    });
    const deep = Array.from({ length: 100 }).reduce<unknown>((inner) => ({ inner }), 'core');
    expect(JSON.stringify(logged({ deep }))).toContain('[deeper]');
    const wide = Array.from({ length: 1_000 }, () => Array.from({ length: 1_000 }, () => ({ a: 1, b: [1, 2, 3] })));
    expect(JSON.stringify(logged({ wide, text: 'x'.repeat(10 ** 7) })).length).toBeLessThan(100_000);
    expect(logged({ list: Array.from({ length: 150 }, () => 0) })).toEqual({
      list: [...Array.from({ length: 100 }, () => 0), '50 more'],
    });
    expect(loggableText('x'.repeat(9_000), nothingSecret)).toBe(`${'x'.repeat(8_192)}... (9000 characters)`);
  });

  it('can be serialised whatever they hold', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.string(),
          fc.anything({
            withBigInt: true,
            withDate: true,
            withMap: true,
            withNullPrototype: true,
            withObjectString: true,
            withSet: true,
            withSparseArray: true,
            withTypedArray: true,
          }),
        ),
        (fields) => {
          expect(typeof JSON.stringify(loggableFields(fields, nothingSecret))).toBe('string');
        },
      ),
    );
  });

  it('show no piece of a secret that a cut goes through, wherever the cut falls', () => {
    const secret = 'Sm3agol-and-the-0ne-R1ng';
    const redactor = createRedactor([secret]);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3_000 }), fc.integer({ min: 1, max: 60 }), (shift, copies) => {
        const raw = 'x'.repeat(8_192 - shift) + `${secret} `.repeat(copies) + 'y'.repeat(5_000);
        const text = loggableText(raw, redactor);
        expect(text).not.toContain(secret.slice(0, 5));
      }),
    );
  });
});
