/**
 * Makes the isolate's globals safe before any filter code runs: what reaches outside, knows time or chance, or gets around the
 * memory limit is taken away, and everything that is left is frozen, so that no filter can put its own code under the
 * runtime's feet.
 */

const REMOVED = [
  ...['eval', 'WebAssembly', 'SharedArrayBuffer', 'Atomics', 'WeakRef', 'FinalizationRegistry', 'Intl', 'console'],
  ...['DisposableStack', 'AsyncDisposableStack'],
];

/** The kinds of functions, whose constructors would compile text. */
const FUNCTION_KINDS = [
  () => undefined,
  function* () {
    yield undefined;
  },
  async () => undefined,
  async function* () {
    yield undefined;
  },
];

/** Objects that syntax and methods reach, and no path of properties from the globals does. */
function hiddenIntrinsics(): object[] {
  const iterators = [
    [][Symbol.iterator](),
    new Map()[Symbol.iterator](),
    new Set()[Symbol.iterator](),
    ''[Symbol.iterator](),
    'a'.matchAll(/a/g),
    [].values().map(() => undefined),
    Iterator.from({ next: () => ({ done: true, value: undefined }) }),
  ];
  const made = FUNCTION_KINDS.flatMap((kind) => [kind, (kind as { prototype?: unknown }).prototype]);
  return [...iterators, ...made].flatMap((each) => (isObject(each) ? [Object.getPrototypeOf(each) as object] : []));
}

function refuse(what: string, instead: string): () => never {
  return () => {
    throw new TypeError(`${what} is not there in a filter; ${instead}`);
  };
}

/** A constructor in place of a native one, with the same prototype and static properties. */
function replaceConstructor(name: string, native: object, own: object): void {
  for (const [key, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(native))) {
    if (key !== 'name' && key !== 'length' && key !== 'prototype') Object.defineProperty(own, key, descriptor);
  }
  const { prototype } = native as { prototype: object };
  Object.defineProperty(own, 'name', { value: name });
  Object.defineProperty(own, 'prototype', { value: prototype, writable: false });
  Object.defineProperty(prototype, 'constructor', { value: own });
  Object.defineProperty(globalThis, name, { value: own });
}

function tameDate(): void {
  const Native = Date;
  const noNow = refuse('the current time', 'use `now` of the context');
  function TamedDate(...args: unknown[]): object {
    if (new.target === undefined || args.length === 0) noNow();
    return Reflect.construct(Native, args, new.target as unknown as () => void) as object;
  }
  replaceConstructor('Date', Native, TamedDate);
  Object.defineProperty(TamedDate, 'now', { value: noNow });
}

/** Without resizable buffers, which walk past the memory limit. */
function tameArrayBuffer(): void {
  const Native = ArrayBuffer;
  function TamedArrayBuffer(length: unknown): object {
    if (new.target === undefined) throw new TypeError("Constructor ArrayBuffer requires 'new'");
    return Reflect.construct(Native, [length], new.target as unknown as () => void) as object;
  }
  replaceConstructor('ArrayBuffer', Native, TamedArrayBuffer);
  for (const name of ['resize', 'transfer', 'transferToFixedLength', 'maxByteLength', 'resizable', 'detached']) {
    delete (ArrayBuffer.prototype as unknown as Record<string, unknown>)[name];
  }
}

/** A column in a comparison or a sum is a mistake that would otherwise pass in silence. */
function refuseColumnsAsNumbers(): void {
  const typedArray = Object.getPrototypeOf(Float64Array.prototype) as object;
  Object.defineProperty(typedArray, Symbol.toPrimitive, {
    value(this: Float64Array, hint: string) {
      if (hint === 'string') return this.join(',');
      throw new TypeError(`a column of ${this.length} values used as a number; use ta.last(x)`);
    },
  });
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** Freezes the roots and everything that can be reached from them. In plain loops, as each new isolate waits for it. */
function freezeAll(roots: readonly object[]): void {
  const seen = new Set<object>(roots);
  const add = (value: unknown): void => {
    if (isObject(value)) seen.add(value);
  };
  for (const object of seen) {
    for (const key of Reflect.ownKeys(object)) {
      const descriptor = Reflect.getOwnPropertyDescriptor(object, key);
      add(descriptor?.value);
      add(descriptor?.get);
      add(descriptor?.set);
    }
    add(Reflect.getPrototypeOf(object));
    Object.freeze(object);
  }
}

/**
 * @param globals what filters find beside the language
 */
export function lockDown(globals: Readonly<Record<string, unknown>>): void {
  const hidden = hiddenIntrinsics();
  for (const kind of FUNCTION_KINDS) delete (Object.getPrototypeOf(kind) as { constructor?: unknown }).constructor;
  for (const name of [...REMOVED, 'Function']) delete (globalThis as Record<string, unknown>)[name];
  tameDate();
  tameArrayBuffer();
  refuseColumnsAsNumbers();
  Object.defineProperty(Math, 'random', { value: refuse('chance', 'a filter gives the same answer each time') });
  for (const [name, value] of Object.entries(globals)) Object.defineProperty(globalThis, name, { value });
  freezeAll([globalThis, ...hidden]);
}
