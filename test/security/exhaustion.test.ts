import { describe, expect, it } from 'vitest';

import { filterSource } from '../../src/testkit/builders/sandbox-market.ts';
import { AttackedSandbox } from './attacked-sandbox.ts';
import type { AttackedOptions } from './attacked-sandbox.ts';

/** Bodies of `check` that would never end, or take all memory, with the code of the fault that ends them. */
const TIME: Record<string, string> = {
  'an endless loop': 'for (;;) {}',
  'a regular expression': 'return /^(a+)+$/.test("a".repeat(40) + "b") ? null : null',
  'microtasks without end': 'const f = () => Promise.resolve().then(f); f(); return null',
  'microtasks of async functions': 'const f = async () => { for (;;) await null }; f(); return null',
  'a generator without end': 'return [...(function* () { for (;;) yield* [] })()]',
  'indexOf of an array-like of 2**53-1': 'Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)',
  'includes of an array-like of 2**53-1': 'Array.prototype.includes.call({ length: 2 ** 53 - 1 }, 1)',
  'lastIndexOf of an array-like of 2**53-1': 'Array.prototype.lastIndexOf.call({ length: 2 ** 53 - 1, 1: 1 }, 2)',
  'a getter of a thrown value': 'throw { toString() { for (;;) {} } }',
  'a message of a thrown error': 'throw Object.defineProperty(new Error(), "message", { get() { for (;;) {} } })',
  'a proxy for a result': 'return new Proxy({}, { getPrototypeOf() { for (;;) {} } })',
  'a sort that never agrees': 'for (;;) [3, 1, 2].sort(() => { for (;;) {} })',
  'catching everything in a loop': 'for (;;) try { for (;;) {} } catch {} finally { continue }',
  'a power of BigInts': 'let a = 3n; for (;;) a = a * a',
  'a huge exponent': 'return 3n ** (2n ** 29n)',
  'a column that never ends': 'return ta.column(() => { for (;;) {} })',
  'a huge column of its own length': 'return ta.column((i) => { for (;;) {} }, 1e8)',
  'JSON with a reviver': 'return JSON.parse("[1]", () => { for (;;) {} })',
  'a replacing function': 'return "x".replace(/x/, () => { for (;;) {} })',
};

const MEMORY: Record<string, string> = {
  'a growing array': 'const a = []; for (;;) a.push({ x: a.length })',
  'typed arrays': 'const a = []; for (;;) a.push(new Float64Array(2 ** 16).fill(1))',
  'array buffers that are never touched': 'const a = []; for (;;) a.push(new ArrayBuffer(2 ** 24))',
  'a growing Map': 'const m = new Map(); for (let i = 0; ; i += 1) m.set(i, i)',
  'a growing Set': 'const m = new Set(); for (let i = 0; ; i += 1) m.add(i)',
  'split of a huge text': 'return "x".repeat(2 ** 28).split("")',
  'texts joined on and on':
    'let s = "x"; const a = []; for (;;) { s += s + a.length; a.push(s.slice(1)); a.push([...s]) }',
  'a flattened rope': 'let s = "ab"; for (let i = 0; i < 28; i += 1) s += s; return s.replaceAll("a", "bbbb")',
  BigInts: 'const a = []; for (let i = 0n; ; i += 1n) a.push(1n << (2n ** 24n + i))',
  'a sparse array made dense': 'return Array.from({ length: 2 ** 28 }, (_, i) => i)',
  'Array(n).fill': 'return new Array(2 ** 27).fill({})',
  'array-likes of 2**53-1': 'return Array.prototype.map.call({ length: 2 ** 32 - 1 }, (x) => x)',
  closures: 'let f = () => 0; for (;;) { const g = f; const pad = new Array(1000).fill(0); f = () => [g, pad] }',
  'series of indicators':
    'for (let n = 2; ; n += 1) for (const x of [context.close, context.high]) { ta.sma(x, 2 + (n % 90000)); state.push(ta.ema(x, 3)) }',
  'own buffers in module state': 'for (;;) state.push(new Uint8Array(2 ** 20).fill(1))',
  'matchAll without end': 'return [...("a".repeat(2 ** 26).matchAll(/a/g))]',
  'regular expressions': 'const a = []; for (let i = 0; ; i += 1) a.push(new RegExp("x{" + i + "}y".repeat(1000)))',
  padStart: 'const a = []; for (;;) a.push("x".padStart(2 ** 28, "y" + a.length).split("y"))',
};

const DEPTH: Record<string, string> = {
  'recursion without end': 'const f = () => f() + 1; return f()',
  'recursion inside indicators': 'const f = () => { ta.ema(context.close, 3); ta.column(() => f()) }; f()',
  'recursion that catches its overflow': 'const f = () => { try { f() } catch { f() } }; f()',
  'a deep result':
    'let a = {}; for (let i = 0; i < 1e6; i += 1) a = { a }; return { side: "long", conditions: [], metadata: a }',
  'a deep JSON': 'return JSON.parse("[".repeat(1e6))',
};

/** Modules that do it while they are loaded. */
const ENDLESS_MODULES: Record<string, string> = {
  'an endless module': 'for (;;) {}',
  'an endless getter of meta':
    'export const meta = new Proxy({}, { ownKeys() { for (;;) {} } }); export function check() {}',
  'an endless error of the module': 'throw Object.defineProperty(new Error(), "stack", { get() { for (;;) {} } })',
  'microtasks while loading':
    'const f = () => Promise.resolve().then(f); f(); export const meta = {}; export function check() {}',
  'indexOf while loading': 'Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)',
};

const GROWING_MODULES: Record<string, string> = {
  'memory while loading': 'const a = []; for (;;) a.push(new Array(1000).fill({}))',
  'a Map while loading': 'const m = new Map(); for (let i = 0; ; i += 1) m.set(i, i)',
};

/** For what only time ends; what takes memory is given the time to come to its end by that. */
const HASTY: AttackedOptions = { limits: { checkMs: 1_000 }, graceMs: 300 };

/** Attacks at one time: more would starve the bystanders of a small machine, which is not what is tested. */
const AT_ONCE = 3;
let running = 0;
const waiting: (() => void)[] = [];

async function survives(source: string, options?: AttackedOptions): Promise<unknown> {
  if (running === AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
  else running += 1;
  try {
    return await attackOnce(source, options);
  } finally {
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  }
}

async function attackOnce(source: string, options?: AttackedOptions): Promise<unknown> {
  const attacked = new AttackedSandbox(options);
  try {
    await attacked.start();
    const before = await attacked.witness();
    const [outcome, during] = await Promise.all([attacked.attack(source), attacked.witness()]);
    expect(during).toEqual(before);
    // The sandbox is back, and nothing that others see has changed.
    expect(await attacked.witness()).toEqual(before);
    return outcome;
  } finally {
    await attacked.close();
  }
}

describe('a filter that takes all there is', { timeout: 120_000 }, () => {
  const asFilter = (body: string): string =>
    `const state = [];\n${filterSource(body.replace(/\bcontext\.high\b/g, "context.candles['5m'].high"))}`;

  it.concurrent.each(Object.entries(TIME))('is ended with %s', async (_name, body) => {
    const outcome = await survives(asFilter(body), HASTY);
    expect(outcome).toMatchObject({ ok: false });
    expect((outcome as { fault: { code: string } }).fault.code).toMatch(/^(timeout|crashed|threw|memory)$/);
  });

  it.concurrent.each(Object.entries(MEMORY))('is ended with %s', async (_name, body) => {
    const outcome = await survives(asFilter(body));
    expect(outcome).toMatchObject({ ok: false });
    expect((outcome as { fault: { code: string } }).fault.code).toMatch(/^(memory|crashed|timeout|threw)$/);
  });

  it.concurrent.each(Object.entries(DEPTH))('is ended with %s', async (_name, body) => {
    const outcome = await survives(asFilter(body));
    expect(outcome).toMatchObject({ ok: false });
  });

  it.concurrent.each(Object.entries(ENDLESS_MODULES))('is ended with %s', async (_name, source) => {
    const outcome = await survives(source, HASTY);
    expect(outcome).toMatchObject({ ok: false });
  });

  it.concurrent.each(Object.entries(GROWING_MODULES))('is ended with %s', async (_name, source) => {
    const outcome = await survives(source);
    expect(outcome).toMatchObject({ ok: false });
  });
});
