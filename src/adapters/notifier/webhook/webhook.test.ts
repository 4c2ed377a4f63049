import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';

import { Secret } from '../../../lib/secret.ts';
import type { Logger } from '../../../ports/logger.ts';
import type { Alert } from '../../../ports/notifier.ts';
import { createFakeClock } from '../../../testkit/fake-clock.ts';
import { WebhookNotifier } from './webhook.ts';

interface Posted {
  readonly text: string;
  readonly alert: Alert & { count: number };
}

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A real server that answers with the given status codes in turn, then with 200, and tells what it was sent. */
async function listen(
  statuses: number[] = [],
): Promise<{ url: Secret; posted: Posted[]; next: () => Promise<Posted> }> {
  const posted: Posted[] = [];
  const waiting: ((body: Posted) => void)[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as Posted;
      posted.push(body);
      response.writeHead(statuses.shift() ?? 200).end(() => waiting.shift()?.(body));
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: new Secret(`http://127.0.0.1:${port}/hook-with-token`),
    posted,
    next: () => new Promise((resolve) => waiting.push(resolve)),
  };
}

function recordingLogger(): { logger: Logger; lines: string[] } {
  const lines: string[] = [];
  const write = (message: string, fields?: unknown): void => {
    lines.push(`${message} ${JSON.stringify(fields)}`);
  };
  const logger: Logger = { debug: write, info: write, warn: write, error: write, fatal: write, child: () => logger };
  return { logger, lines };
}

function alert(key: string, severity: Alert['severity'] = 'warning'): Alert {
  return { key, severity, money: 'paper', title: `about ${key}`, text: 'what to do', at: 1 };
}

function notifierOf(url: Secret): ReturnType<typeof recordingLogger> & {
  notifier: WebhookNotifier;
  clock: ReturnType<typeof createFakeClock>;
} {
  const clock = createFakeClock();
  const log = recordingLogger();
  return {
    notifier: new WebhookNotifier({ url, clock, chance: { next: () => 0 }, logger: log.logger }),
    clock,
    ...log,
  };
}

describe('the webhook notifier', () => {
  it('sends the gravest of what waits first, and alerts of one key as one with their count', async () => {
    const { url, posted } = await listen();
    const { notifier } = notifierOf(url);
    for (const each of [alert('slow'), alert('slow'), alert('kill', 'critical'), alert('slow')]) notifier.notify(each);
    await notifier.close(1_000);
    expect(posted.map((body) => [body.alert.key, body.alert.count])).toEqual([
      ['kill', 1],
      ['slow', 3],
    ]);
    expect(posted[1]?.text).toContain('[PAPER] warning: about slow (3 times)');
  });

  it('holds alerts of a key that was just sent back for a minute, and never one of another key', async () => {
    const { url, posted, next } = await listen();
    const { notifier, clock } = notifierOf(url);
    for (const { key, waitMs } of [
      { key: 'slow', waitMs: 0 },
      { key: 'other', waitMs: 0 },
      { key: 'slow', waitMs: 60_000 },
    ]) {
      const arrived = next();
      notifier.notify(alert(key));
      if (waitMs > 0) await clock.advance(waitMs - 1);
      expect(posted.at(-1)?.alert.key).not.toBe(key);
      await settled(clock, Math.min(waitMs, 1), arrived);
    }
    expect(posted.map((body) => body.alert.key)).toEqual(['slow', 'other', 'slow']);
  });

  it('tries again with growing waits until the alert is taken', async () => {
    const { url, posted, next } = await listen([500, 503, 429]);
    const { notifier, clock, lines } = notifierOf(url);
    notifier.notify(alert('position_unprotected', 'critical'));
    for (const waitMs of [0, 1_000, 2_000, 4_000]) {
      const arrived = next();
      await settled(clock, waitMs, arrived);
    }
    expect(posted).toHaveLength(4);
    await notifier.close(1_000);
    expect(lines.filter((line) => line.includes('tried again'))).toHaveLength(3);
    expect(lines.join()).not.toContain('hook-with-token');
  });

  it('drops an alert that will never be taken and goes on with the next', async () => {
    const { url, posted } = await listen([404]);
    const { notifier, lines } = notifierOf(url);
    notifier.notify(alert('first'));
    notifier.notify(alert('second'));
    await notifier.close(1_000);
    expect(posted.map((body) => body.alert.key)).toEqual(['first', 'second']);
    expect(lines).toEqual(['the webhook refused an alert; it is dropped {"alert":"first"}']);
  });

  it('lets go after its time when nobody answers, and says what was lost', async () => {
    const server = createServer(() => undefined);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const { notifier, clock, lines } = notifierOf(new Secret(`http://127.0.0.1:${port}/`));
    notifier.notify(alert('lost'));
    const reached = new Promise((resolve) => server.once('request', resolve));
    await clock.advance(0);
    await reached;
    const closed = notifier.close(500);
    await clock.advance(500);
    await closed;
    server.closeAllConnections();
    expect(lines.at(-1)).toBe('alerts were not delivered {"lost":1}');
  });
});

/** Lets time pass in small steps until `arrived` settles: the answer on the socket takes turns of the event loop. */
async function settled(
  clock: ReturnType<typeof createFakeClock>,
  waitMs: number,
  arrived: Promise<unknown>,
): Promise<void> {
  let done = false;
  void arrived.then(() => {
    done = true;
  });
  await clock.advance(waitMs);
  while (!done) await clock.advance(0);
}
