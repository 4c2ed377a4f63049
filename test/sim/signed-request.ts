import { createHmac } from 'node:crypto';

import type { SimAddresses } from '../../src/sim/server.ts';

export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
  readonly code: number | undefined;
}

export interface RequestTerms {
  readonly signed?: boolean;
  readonly apiKey?: string;
  readonly secret?: string;
  readonly timestamp?: number;
}

/** A request as any client may write it: `POST /api/v3/order`, its parameters, signed unless told otherwise. */
export async function request(
  addresses: SimAddresses,
  endpoint: string,
  params: Readonly<Record<string, string | number>> = {},
  terms: RequestTerms = {},
): Promise<RawAnswer> {
  const [method = 'GET', path = '/'] = endpoint.split(' ');
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) query.set(name, String(value));
  if (terms.signed !== false) {
    query.set('timestamp', String(terms.timestamp ?? Date.now()));
    query.set(
      'signature',
      createHmac('sha256', terms.secret ?? addresses.apiSecret)
        .update(query.toString())
        .digest('hex'),
    );
  }
  const isGet = method === 'GET' || method === 'DELETE';
  const answer = await fetch(`${addresses.spotRest}${path}${isGet ? `?${query.toString()}` : ''}`, {
    method,
    headers: {
      'X-MBX-APIKEY': terms.apiKey ?? addresses.apiKey,
      ...(isGet ? {} : { 'Content-Type': 'application/x-www-form-urlencoded' }),
    },
    ...(isGet ? {} : { body: query.toString() }),
  });
  const body: unknown = await answer.json();
  const code = (body as { code?: number } | null)?.code;
  return { status: answer.status, headers: answer.headers, body, code };
}
