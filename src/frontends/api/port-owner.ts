import { SECOND_MS } from '../../domain/time.ts';

/** What may be said of who listens on a port that is taken: an aitrader answers `GET /health` as this one would. */
export async function ownerOf(host: string, port: number): Promise<string> {
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  const url = `http://${name.includes(':') ? `[${name}]` : name}:${port}/health`;
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(SECOND_MS), redirect: 'manual' });
    const health = (await answer.json()) as { readonly status?: unknown; readonly time?: unknown };
    const isOurs = health.status === 'ok' && typeof health.time === 'number';
    return isOurs ? 'an aitrader daemon by its answer' : 'which speaks HTTP and is no aitrader';
  } catch {
    return 'which does not answer as an aitrader would';
  }
}
