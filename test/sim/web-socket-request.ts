import { createHmac } from 'node:crypto';

import type { SimAddresses } from '../../src/sim/server.ts';

let lastId = 0;

/** A signed message of a WebSocket API. */
export function webSocketRequest(
  addresses: SimAddresses,
  method: string,
  params: Readonly<Record<string, string | number | boolean>> = {},
): { id: number; method: string; params: Record<string, unknown> } {
  const full: Record<string, string | number | boolean> = {
    ...params,
    apiKey: addresses.apiKey,
    timestamp: Date.now(),
  };
  const payload = Object.entries(full)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
  const signature = createHmac('sha256', addresses.apiSecret).update(payload).digest('hex');
  lastId += 1;
  return { id: lastId, method, params: { ...full, signature } };
}
