/**
 * Ends a `switch` over a union: the compiler refuses the call while a case is missing.
 * @throws Error when a value outside the union arrives at run time (data from an older or newer version).
 */
export function assertNever(value: never): never {
  throw new Error(`a value outside its union: ${JSON.stringify(value)}`);
}
