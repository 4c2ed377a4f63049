/** Whether an error of ccxt is, by its class or a base of it, called so. The classes themselves come with the whole package. */
function isCalled(error: unknown, name: string): boolean {
  if (!(error instanceof Error)) return false;
  let type: unknown = error.constructor;
  while (typeof type === 'function' && type.name !== '') {
    if (type.name === name) return true;
    type = Object.getPrototypeOf(type);
  }
  return false;
}

/** The network or the venue itself failed, or it wants to be asked less often: may work later. */
export function isPassing(error: unknown): boolean {
  return isCalled(error, 'NetworkError') || isCalled(error, 'OperationFailed') || !isCalled(error, 'BaseError');
}
