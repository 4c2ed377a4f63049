import { describe, expect, it } from 'vitest';

import { filterSource } from '../builders/sandbox-market.ts';
import { metadataOf, trader, useSandbox } from './harness.ts';
import type { OpenSandbox } from './harness.ts';

/** What becomes of sources, good and bad. */
export function describeLoading(open: OpenSandbox): void {
  describe('filters', () => {
    const stage = useSandbox(open);

    it('reads meta and fills in its defaults', async () => {
      const source = filterSource('return null', { every: '15m', params: { n: { default: 3, min: 1 } } });
      const outcome = await stage.sandbox.inspect(source);
      expect(outcome).toEqual({
        ok: true,
        meta: {
          name: 'test',
          description: '',
          timeframes: ['5m'],
          schedule: { kind: 'every', everyMs: 900_000 },
          lookback: 20,
          references: [],
          sides: ['long', 'short'],
          top: null,
          params: { n: { default: 3, min: 1, max: null, step: null, about: '' } },
          exits: { stopLoss: null, takeProfit: [], trailing: null, breakEven: null, maxHoldMs: null },
        },
      });
    });

    it.each([
      ['meta', { lookback: 1 }, 'meta.lookback'],
      ['meta', { lookback: 501 }, 'meta.lookback'],
      ['meta', { lookback: 20.5 }, 'meta.lookback'],
      ['meta', { timeframes: [] }, 'meta.timeframes'],
      ['meta', { timeframes: ['7m'] }, "'7m'"],
      ['meta', { timeframes: ['1m', '3m', '5m', '15m', '30m', '1h', '2h'] }, 'meta.timeframes'],
      ['meta', { name: '' }, 'meta.name'],
      ['meta', { name: 'x'.repeat(81) }, 'meta.name'],
      ['meta', { description: 'x'.repeat(501) }, 'meta.description'],
      ['meta', { every: '30s' }, 'meta.every'],
      ['meta', { references: ['A', 'B', 'C', 'D', 'E', 'F'] }, 'meta.references'],
      ['meta', { references: ['../../etc/passwd'] }, 'meta.references'],
      ['meta', { sides: ['up'] }, 'meta.sides'],
      ['meta', { lookbak: 3 }, 'lookback'],
      ['meta', { params: { n: { default: 50, max: 45 } } }, 'meta.params.n'],
      ['meta', { params: { n: [1] } }, 'meta.params.n'],
      ['meta', { exits: { stopLoss: 'far' } }, 'meta.exits.stopLoss'],
      ['meta', { exits: { stopLoss: '1r' } }, 'meta.exits.stopLoss'],
    ] as const)('refuses a wrong %s %j and names what is wrong', async (code, meta, named) => {
      const outcome = await stage.sandbox.inspect(filterSource('return null', meta));
      expect(outcome).toMatchObject({ ok: false, fault: { code, message: expect.stringContaining(named) as string } });
    });

    it('refuses sources that are no filter, with the line where there is one', async () => {
      const inspect = async (source: string) => {
        const outcome = await stage.sandbox.inspect(source);
        return outcome.ok ? null : outcome.fault;
      };
      const meta = "export const meta = { name: 'x', timeframes: ['5m'], lookback: 20 };\n";
      expect(await inspect(`${meta}export function check( {`)).toMatchObject({ code: 'syntax', line: 2 });
      expect(await inspect(`${meta}\nnull.x; export function check() {}`)).toMatchObject({
        code: 'threw',
        line: 3,
        column: 6,
      });
      expect(await inspect(`${meta}import fs from 'fs'; export function check() {}`)).toMatchObject({ code: 'syntax' });
      expect(await inspect(meta)).toMatchObject({ code: 'meta', message: expect.stringContaining('check') as string });
      expect(await inspect('export function check() {}')).toMatchObject({ code: 'meta' });
      expect(await inspect(`${meta}await null; export function check() {}`)).toMatchObject({ code: 'meta' });
      expect(await inspect(`${meta}await new Promise(() => {}); export function check() {}`)).toMatchObject({
        code: 'meta',
      });
      expect(await inspect(`${meta}export function check() {}//${'x'.repeat(10_240)}`)).toMatchObject({
        code: 'syntax',
      });
      expect(await inspect(String.fromCharCode(0, 1, 2, 0xfffd, 7))).toMatchObject({ code: 'syntax', line: 1 });
      expect(
        await inspect("export const meta = { get name() { return 'x'; } }; export function check() {}"),
      ).toMatchObject({
        code: 'meta',
        message: expect.stringContaining('getter') as string,
      });
    });

    it('keeps the old filter when the new one is at fault, and forgets an unloaded one', async () => {
      const id = trader('replaced');
      const check = async () => metadataOf(await stage.sandbox.check(stage.market.check('replaced', 100)))[0];
      await stage.sandbox.load(id, filterSource('return { side: "long", conditions: [], metadata: 1 }'), {});
      expect(await check()).toBe(1);
      expect(await stage.sandbox.load(id, filterSource('return {'), {})).toMatchObject({
        ok: false,
        fault: { code: 'syntax' },
      });
      expect(await check()).toBe(1);
      await stage.sandbox.load(id, filterSource('return { side: "long", conditions: [], metadata: 2 }'), {});
      expect(await check()).toBe(2);
      stage.sandbox.unload(id);
      await expect(check()).rejects.toThrow('not loaded');
    });
  });
}
