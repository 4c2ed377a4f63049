import type { AlgoOrder, OrderList, WorkingOrder } from '../orders/working-order.ts';

/** The working things of one kind, found by the venue's id, or by account and the client's id. */
export class Registry<Item> {
  private readonly byId = new Map<number, Item>();
  private readonly byAccount = new Map<string, Map<string, Item>>();
  private readonly idOf: (item: Item) => number;
  private readonly clientIdOf: (item: Item) => string;

  constructor(idOf: (item: Item) => number, clientIdOf: (item: Item) => string) {
    this.idOf = idOf;
    this.clientIdOf = clientIdOf;
  }

  add(accountId: string, item: Item): void {
    this.byId.set(this.idOf(item), item);
    const own = this.byAccount.get(accountId);
    if (own === undefined) this.byAccount.set(accountId, new Map([[this.clientIdOf(item), item]]));
    else own.set(this.clientIdOf(item), item);
  }

  remove(accountId: string, item: Item): void {
    this.byId.delete(this.idOf(item));
    this.byAccount.get(accountId)?.delete(this.clientIdOf(item));
  }

  withId(id: number): Item | undefined {
    return this.byId.get(id);
  }

  withClientId(accountId: string, clientId: string): Item | undefined {
    return this.byAccount.get(accountId)?.get(clientId);
  }

  /** All of an account, oldest first. */
  ofAccount(accountId: string): readonly Item[] {
    return [...(this.byAccount.get(accountId)?.values() ?? [])];
  }

  /** All, oldest first. */
  all(): IterableIterator<Item> {
    return this.byId.values();
  }
}

export function orderRegistry(): Registry<WorkingOrder> {
  return new Registry(
    ({ orderId }) => orderId,
    ({ request }) => request.clientOrderId,
  );
}

export function listRegistry(): Registry<OrderList> {
  return new Registry(
    ({ orderListId }) => orderListId,
    ({ listClientOrderId }) => listClientOrderId,
  );
}

export function algoRegistry(): Registry<AlgoOrder> {
  return new Registry(
    ({ algoId }) => algoId,
    ({ request }) => request.clientOrderId,
  );
}
