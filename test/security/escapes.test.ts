import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { filterSource } from '../../src/testkit/builders/sandbox-market.ts';
import { AttackedSandbox } from './attacked-sandbox.ts';

/** Bodies of `check` that try to reach out, and push what they got hold of into `leaks`. */
const ESCAPES: Record<string, string> = {
  'constructor chains from every object given': `
    const given = [context, context.candles, context.candles['5m'], context.close, context.ticker, context.params, context.others,
      ta, plot, ta.rsi, ta.rsi(context.close, 5), ta.macd(context.close), ta.pivots, globalThis, (() => {}), (async () => {}),
      (function* () {}), (async function* () {}), class {}, Error, [], {}, /x/, 'x', 1, true, 1n, Symbol.iterator, new Map(), Promise.resolve(),
      (function () { return arguments })(), (() => {}).bind(null), Object.getOwnPropertyDescriptor(context, 'close').get];
    for (const each of given) {
      for (let at = each, depth = 0; at != null && depth < 6; depth += 1) {
        let made;
        try { made = at.constructor; } catch { break; }
        if (typeof made === 'function') {
          for (const text of ['return globalThis', 'return process', 'return 7']) {
            try { const got = made(text)(); if (got !== undefined) leaks.push(String(made) + ':' + String(got)); } catch {}
            try { const got = new made(text)(); if (got !== undefined) leaks.push(String(made) + ':' + String(got)); } catch {}
          }
        }
        at = Object.getPrototypeOf(at);
      }
    }`,
  'code from text': `
    for (const name of ['eval', 'Function', 'GeneratorFunction', 'AsyncFunction', 'WebAssembly', 'SharedArrayBuffer', 'Atomics', 'WeakRef',
      'FinalizationRegistry', 'Intl', 'console', 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'process', 'require', 'module',
      'fetch', 'Buffer', 'global', 'window', 'self', 'performance', 'structuredClone', 'Worker', 'ivm', 'host', 'XMLHttpRequest']) {
      if (name in globalThis) leaks.push(name);
    }
    for (const f of [() => {}, async () => {}, function* () {}, async function* () {}]) {
      if (Object.getPrototypeOf(f).constructor !== undefined && Object.getPrototypeOf(f).constructor !== Object) leaks.push('constructor of ' + f);
    }`,
  'import() and import.meta': `
    const meta = import.meta; for (const key of Reflect.ownKeys(meta)) leaks.push('import.meta.' + String(key));
    for (const name of ['fs', 'node:fs', 'runtime', 'before', 'filter.js', './runtime/main.ts']) import(name).then((m) => { state.imported = name; }, () => {});
    if (state.imported) leaks.push(state.imported);`,
  'stack frames': `
    try { Error.prepareStackTrace = (e, frames) => frames; } catch {}
    try { Object.defineProperty(Error, 'prepareStackTrace', { value: (e, frames) => frames }); } catch {}
    try { Object.defineProperty(globalThis, 'Error', { value: class { static prepareStackTrace(e, f) { return f } } }); } catch {}
    const stack = (() => { try { null.x } catch (e) { return e.stack } })();
    if (typeof stack !== 'string') leaks.push('frames: ' + stack.map((f) => String(f.getFunction()) + f.getThis()));
    const caught = {}; Error.captureStackTrace(caught); if (typeof caught.stack !== 'string') leaks.push('captured');
    if (/\\/(home|work|usr|tmp|root)\\/|file:/.test(caught.stack + stack)) leaks.push(caught.stack);
    try { Error.stackTraceLimit = Infinity; leaks.push('stackTraceLimit') } catch {}`,
  'callers and arguments of the runtime': `
    const seen = (f) => { try { if (f.caller) leaks.push('caller') } catch {} try { if (f.arguments) leaks.push('arguments') } catch {} };
    ta.column((i) => { seen(ta.column); seen(ta.rsi); return i; });
    function sloppy() { try { return sloppy.caller } catch { return null } }
    if (sloppy()) leaks.push('caller of a filter function');`,
  'patched prototypes that wait for the shared rings': `
    const catchThis = function () { leaks.push('caught ' + Object.prototype.toString.call(this)); return this; };
    const prototypes = [Object.prototype, Object.getPrototypeOf(() => {}), Array.prototype, String.prototype, Number.prototype, Map.prototype, Set.prototype, Promise.prototype,
      RegExp.prototype, Error.prototype, Float64Array.prototype, Object.getPrototypeOf(Float64Array.prototype), ArrayBuffer.prototype, Iterator.prototype,
      Object.getPrototypeOf([][Symbol.iterator]()), Object.getPrototypeOf(new Map().entries()), Object.getPrototypeOf(''.matchAll(/x/g)),
      Object.getPrototypeOf(function* () {}), Object.getPrototypeOf(async () => {}), Reflect, JSON, Math, Object, Array, Float64Array, Map, Symbol, Promise, ArrayBuffer, Date, globalThis, ta,
      context, context.candles, context.candles['5m']];
    for (const each of prototypes) {
      if (!Object.isFrozen(each)) leaks.push('not frozen: ' + String(each));
      for (const key of [...Reflect.ownKeys(each), 'planted']) {
        try { each[key] = catchThis; if (each[key] === catchThis) leaks.push('patched ' + String(key)); } catch {}
        try { Object.defineProperty(each, key, { get: catchThis }); leaks.push('redefined ' + String(key)); } catch {}
        try { if (delete each[key] && key !== 'planted') leaks.push('deleted ' + String(key)); } catch {}
      }
      try { Object.setPrototypeOf(each, { planted: 1 }); leaks.push('other prototype'); } catch {}
    }
    ta.ema(context.close, 7);`,
  'length, species and iterators': `
    const typed = Object.getPrototypeOf(Float64Array);
    for (const make of [
      () => Object.defineProperty(typed, Symbol.species, { get: () => class { constructor(...a) { leaks.push('species ' + a) } } }),
      () => Object.defineProperty(typed.prototype, 'length', { get() { leaks.push('length'); return 5 } }),
      () => Object.defineProperty(typed.prototype, Symbol.iterator, { value() { leaks.push('iterator') } }),
      () => Object.defineProperty(typed.prototype, 'subarray', { value() { leaks.push('subarray') } }),
      () => Object.defineProperty(typed.prototype, 'set', { value() { leaks.push('set') } }),
      () => Object.defineProperty(Array.prototype, '0', { set() { leaks.push('index') }, get() { leaks.push('index') } }),
    ]) { try { make(); } catch {} }
    class Mine extends Float64Array { static get [Symbol.species]() { return class { constructor(n) { state.got = n; return new Float64Array(n) } } } }
    ta.ema(new Mine(context.close), 3); ta.ema(context.close, 4); ta.emaRibbon(context.close, [3, 5]);`,
  'reading past the end of a column': `
    const { close } = context;
    const whole = new Float64Array(close.buffer);
    for (const buffer of [close.buffer, ta.rsi(close, 3).buffer, ta.macd(close).macd.buffer, context.hl2.buffer]) {
      const length = new Float64Array(buffer).length;
      for (let i = close.length; i < length; i += 1) { const x = new Float64Array(buffer)[i]; if (!Number.isNaN(x)) leaks.push('row ' + i + ': ' + x); }
      for (const name of ['resize', 'transfer', 'transferToFixedLength']) if (typeof buffer[name] === 'function') leaks.push(name);
      if (Object.prototype.toString.call(buffer) !== '[object ArrayBuffer]') leaks.push(Object.prototype.toString.call(buffer));
    }
    if (close[close.length] !== undefined || close[-1] !== undefined) leaks.push('beyond');`,
  'proxies, accessors and array-likes as arguments': `
    const spy = (what) => new Proxy({ length: 50 }, { get(t, k, r) { try { if (r !== undefined && r !== null && typeof r === 'object' && 'series' in r) leaks.push(what); } catch {} return Reflect.get(t, k, r); } });
    for (const name of Object.keys(ta)) for (const arg of [spy(name), { get close() { return context.close } }, Object.create(context.close), null, undefined, Symbol(), () => 1]) {
      try { ta[name](arg, 5); } catch {} try { ta[name](context.close, arg); } catch {} try { ta[name](context.candles['5m'], arg); } catch {}
    }
    try { Object.getOwnPropertyDescriptor(context.candles['5m'], 'close').get.call({ series: null }); } catch {}`,
  'prototypes of strict objects': `
    for (const each of [context, ta, context.candles['5m'], ta.macd(context.close)]) {
      const prototype = Object.getPrototypeOf(each);
      try { prototype.planted = 1; if (prototype.planted === 1) leaks.push('planted') } catch {}
      try { Object.defineProperty(prototype, 'x', { value: 1 }); leaks.push('defined') } catch {}
      for (const key of ['__proto__', 'constructor', '__defineGetter__', '__lookupGetter__']) { try { if (each[key]) leaks.push(key) } catch {} }
    }`,
  'time and chance': `
    for (const make of [() => Date.now(), () => new Date(), () => Date(), () => Math.random(), () => new (class extends Date {})(), () => Reflect.construct(Date, []),
      () => new Date.prototype.constructor(), () => Date.prototype.constructor.now(), () => new Date(undefined).getTime() || undefined]) {
      try { const got = make(); if (got !== undefined) leaks.push(String(make) + got); } catch {}
    }
    if (new Date(0).getTimezoneOffset() !== 0 || new Date(86400000).toISOString() !== '1970-01-02T00:00:00.000Z') leaks.push('zone');`,
  'resizable and shared buffers': `
    const made = new ArrayBuffer(8, { maxByteLength: 2 ** 33 });
    if (made.resizable || made.maxByteLength > 8) leaks.push('resizable');
    class Own extends ArrayBuffer {} ; if (new Own(8, { maxByteLength: 64 }).resizable) leaks.push('subclass');
    const again = Reflect.construct(ArrayBuffer.prototype.constructor, [8, { maxByteLength: 64 }]); if (again.resizable) leaks.push('constructor');
    try { new Float64Array(8).buffer.constructor === ArrayBuffer || leaks.push('other constructor'); } catch {}`,
};

describe('a filter that tries to reach out', () => {
  const attacked = new AttackedSandbox();
  let before: unknown;
  beforeAll(async () => {
    await attacked.start();
    before = await attacked.witness();
  });
  afterAll(() => attacked.close());

  it.each(Object.entries(ESCAPES))('gets nowhere by %s', async (_name, body) => {
    const source = `const state = {};\n${filterSource(`const leaks = [];\n${body}\nreturn { side: 'long', conditions: leaks.map(String) };`)}`;
    const outcome = await attacked.attack(source);
    if (!('matches' in outcome)) throw new Error(JSON.stringify(outcome));
    expect(outcome.matches.flatMap(({ conditions }) => conditions)).toEqual([]);
    const again = await attacked.attack(source);
    expect('matches' in again && again.matches.flatMap(({ conditions }) => conditions)).toEqual([]);
    expect(await attacked.witness()).toEqual(before);
  });

  it.each([
    ['eval', 'eval("1")'],
    ['new Function', 'new Function("return 1")()'],
    ['WebAssembly', 'new WebAssembly.Memory({ initial: 1 })'],
    ['SharedArrayBuffer', 'new SharedArrayBuffer(8)'],
    ['Atomics', 'Atomics.wait(new Int32Array(8), 0, 0)'],
    ['WeakRef', 'new WeakRef({})'],
    ['Intl', 'Intl.DateTimeFormat()'],
    ['console', 'console.log(1)'],
    ['setTimeout', 'setTimeout(() => {}, 1)'],
    ['process', 'process.exit(1)'],
  ])('finds no %s', async (_name, code) => {
    const outcome = await attacked.attack(filterSource(code));
    expect(outcome).toMatchObject({ ok: false, fault: { code: 'threw', line: 3 } });
  });

  const THROWN: Record<string, string> = {
    'an object of the host': 'throw context',
    'the global object': 'throw globalThis',
    'a proxy': 'throw new Proxy({}, { get() { throw 1 }, getPrototypeOf() { throw 2 } })',
    'an error with getters': `throw Object.defineProperties(new Error('x'), { stack: { get() { throw 1 } }, message: { get() { throw 2 } }, name: { get() { return {} } } })`,
    'a function': 'throw ta.rsi',
    'a symbol': 'throw Symbol("x")',
    'a huge text': 'throw "x".repeat(2 ** 24)',
    'control characters': 'throw new Error("\\u001b[2J\\u202e" )',
    'a promise': 'throw Promise.reject(1)',
  };
  it.each(Object.entries(THROWN))('has %s that it throws told as text', async (_name, code) => {
    const inCheck = await attacked.attack(filterSource(code));
    expect(inCheck).toMatchObject({ ok: false, fault: { code: 'threw' } });
    const inModule = await attacked.attack(`const context = {};\n${code};\n${filterSource('return null')}`);
    expect(inModule).toMatchObject({ ok: false });
    for (const outcome of [inCheck, inModule]) {
      const { message } = (outcome as { fault: { message: string } }).fault;
      expect(message.length).toBeLessThanOrEqual(500);
      expect(message).not.toMatch(/\.ts|node_modules|file:/);
    }
    expect(await attacked.witness()).toEqual(before);
  });

  const RESULTS: Record<string, string> = {
    'a proxy': `return new Proxy({ side: 'long', conditions: [] }, { ownKeys() { throw new Error('trap') } })`,
    'a getter': `return { get side() { return 'long' }, conditions: [] }`,
    toJSON: `return { side: 'long', conditions: [], metadata: { toJSON() { return globalThis } } }`,
    'a class': `return new (class { side = 'long'; conditions = [] })()`,
    'an async function': `return (async () => ({ side: 'long', conditions: [] }))()`,
    'a circle': `const a = []; a.push(a); return { side: 'long', conditions: [], metadata: a }`,
    'a wide object': `return { side: 'long', conditions: [], metadata: Object.fromEntries(Array.from({ length: 1e5 }, (_, i) => [i, i])) }`,
    'a long list': `return { side: 'long', conditions: new Array(2 ** 32 - 1) }`,
    'a string object': `return { side: 'long', conditions: [new String('x')] }`,
    'a symbol key': `return { side: 'long', conditions: [], metadata: { [Symbol('x')]: 1 } }`,
    'a column': `return { side: 'long', conditions: [], metadata: context.close }`,
    'the context': `return context`,
  };
  it.each(Object.entries(RESULTS))('is refused %s as its result', async (_name, body) => {
    const outcome = await attacked.attack(filterSource(body));
    expect(outcome).toMatchObject({ ok: false });
    expect((outcome as { fault: { code: string } }).fault.code).toMatch(/^(result|threw)$/);
    expect(await attacked.witness()).toEqual(before);
  });

  it.each([
    ['a proxy', `new Proxy({}, { ownKeys() { throw 1 } })`],
    ['a getter', `{ get name() { return 'x' } }`],
    ['a class', `new (class { name = 'x' })()`],
    ['an endless list', `{ name: 'x', timeframes: new Array(2 ** 32 - 1) }`],
    ['a circle', `(() => { const a = {}; a.a = a; return a })()`],
    ['prototype keys', `JSON.parse('{"__proto__": {"name": "x"}, "constructor": 1}')`],
    ['a huge name', `{ name: 'x'.repeat(2 ** 20), timeframes: ['5m'], lookback: 2 }`],
    ['a promise', `Promise.resolve({})`],
  ])('is refused %s as its meta', async (_name, meta) => {
    const outcome = await attacked.attack(`export const meta = ${meta};\nexport function check() {}`);
    expect(outcome).toMatchObject({ ok: false });
    expect(await attacked.witness()).toEqual(before);
  });

  it('shares no state with the filter of another trader', async () => {
    const plant = `for (const each of [globalThis, Object.prototype, ta, Math]) { try { each.planted = 1 } catch {} } return null`;
    await attacked.attack(`let state = 1;\n${filterSource(plant)}`);
    const look = `return { side: 'long', conditions: [String(globalThis.planted), String({}.planted), typeof state] }`;
    const outcome = await attacked.attack(filterSource(look));
    expect('matches' in outcome && outcome.matches[0]?.conditions).toEqual(['undefined', 'undefined', 'undefined']);
  });
});
