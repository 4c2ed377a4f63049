import { once } from 'node:events';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';

import { emptyFolder, runProgram } from '../cli/run-program.ts';
import { SIMULATION, startDaemon, TOKEN } from './run-daemon.ts';
import type { Daemon } from './run-daemon.ts';

const START_MS = 120_000;

function daemon(args = SIMULATION, env: Record<string, string> = {}, dataDir = emptyFolder()): Promise<Daemon> {
  return startDaemon(dataDir, args, env);
}

function openIn(dataDir: string): readonly unknown[] {
  const db = new Database(join(dataDir, 'sim.db'), { readonly: true });
  const rows = db.prepare("SELECT id, quantity FROM positions WHERE status = 'open' ORDER BY id").all();
  db.close();
  return rows;
}

/** The only file of the folder, once it is there. */
async function fileIn(folder: string): Promise<string> {
  for (;;) {
    const names = (statSync(folder, { throwIfNoEntry: false }) && readdirSync(folder)) ?? [];
    const [name] = names.filter((each) => each.endsWith('.json'));
    if (name !== undefined) return join(folder, name);
    await new Promise(setImmediate);
  }
}

describe('the daemon', { timeout: START_MS }, () => {
  it('serves its API beside control.sock, and ends in order with a signal', async () => {
    const running = await daemon();
    expect(await running.get('/health')).toMatchObject({ status: 'ok' });
    expect(await running.get('/status')).toMatchObject({ running: true, mode: 'daemon', money: 'sim' });
    expect((await fetch(`${running.url}/status`)).status).toBe(401);
    const status = await runProgram(['status', '--sim', '--json', '--data-dir', running.dataDir]);
    expect(JSON.parse(status.stdout)).toMatchObject({ running: true, mode: 'daemon' });
    await running.sees(/"msg":"opened/);
    const metrics = await fetch(`${running.url}/metrics`, { headers: { authorization: `Bearer ${TOKEN}` } });
    const text = await metrics.text();
    for (const name of ['filter_execution', 'order_execution', 'storage_query']) {
      expect(text).toMatch(new RegExp(`^${name}_seconds_count [1-9]`, 'm'));
    }
    expect(await running.end('SIGTERM')).toBe(143);
    expect((await running.ended).stderr).toMatch(/"msg":"stopping: SIGTERM"/);
  });

  it('is chosen on Fly.io, where it needs a token, and listens to all', async () => {
    const refused = await runProgram(['--sim'], { FLY_APP_NAME: 'desk' });
    expect(refused).toMatchObject({ exitCode: 2, stdout: '' });
    expect(refused.stderr).toMatch(/AITRADER_TOKEN/);
  });

  it('does not start where others reach it without a token, or with a short one', async () => {
    for (const token of [{}, { AITRADER_TOKEN: 'short-password' }]) {
      const refused = await runProgram(['--daemon', '--sim'], { HOST: '0.0.0.0', ...token });
      expect(refused).toMatchObject({ exitCode: 2, stdout: '' });
      expect(refused.stderr).toMatch(/AITRADER_TOKEN/);
      expect(refused.stderr).not.toContain('short-password');
    }
  });

  it('says that its port is taken, and how to take another: exit 4', async () => {
    const other = createServer();
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const refused = await runProgram(['--daemon', ...SIMULATION], { PORT: String(port) });
    other.close();
    expect(refused.exitCode).toBe(4);
    expect(refused.stderr).toMatch(new RegExp(`aitrader: .*${port}.*\\n.*PORT`));
  });

  it('offers no WebSocket when that is turned off', async () => {
    const running = await daemon(SIMULATION, { ENABLE_WEBSOCKET_API: 'false' });
    const answer = await fetch(`${running.url}/ws`, { headers: { authorization: `Bearer ${TOKEN}` } });
    expect(answer.status).toBe(404);
    expect(await running.end()).toBe(143);
  });

  it('ends at once with a second signal, whatever still takes its time', async () => {
    // Takes alerts and never answers: the first signal waits for it.
    const deaf = createServer(() => undefined);
    deaf.listen(0, '127.0.0.1');
    await once(deaf, 'listening');
    onTestFinished(() => deaf.closeAllConnections());
    const { port } = deaf.address() as AddressInfo;
    const running = await daemon(SIMULATION, { WEBHOOK_URL: `http://127.0.0.1:${port}/alerts` });
    const alerted = once(deaf, 'request');
    await running.post('/api/risk/kill');
    await alerted;
    running.process.kill('SIGTERM');
    await running.sees(/"msg":"stopping: SIGTERM"/);
    expect(await running.end('SIGINT')).toBe(130);
  });

  it('reads its configuration again on SIGHUP: takes over what may change, names the rest', async () => {
    const dataDir = emptyFolder();
    const running = await daemon(SIMULATION, {}, dataDir);
    const write = (text: string) => writeFileSync(join(dataDir, 'config.env'), text, { mode: 0o600 });
    write('MAX_OPEN_POSITIONS=3\nLEVERAGE=2\nMARKET_TYPE=futures\n');
    running.process.kill('SIGHUP');
    await running.sees(/changed: MAX_OPEN_POSITIONS"/);
    await running.sees(/held until a restart: .*LEVERAGE/);
    write('MAX_OPEN_POSITIONS=many\n');
    running.process.kill('SIGHUP');
    await running.sees(/not read again: MAX_OPEN_POSITIONS is \\"many\\"/);
    write('LOG_LEVEL=fatal\n');
    running.process.kill('SIGHUP');
    await fetch(`${running.url}/health`);
    expect(await running.end()).toBe(143);
    expect((await running.ended).stderr).not.toMatch(/"msg":"stopping/);
  });

  it('writes its state to a file on SIGUSR2, without a secret, and goes on', async () => {
    const running = await daemon(SIMULATION, { WEBHOOK_URL: 'https://hooks.example.com/T0123456789/secret-of-hook' });
    await running.sees(/"msg":"opened/);
    running.process.kill('SIGUSR2');
    const path = await fileIn(join(running.dataDir, 'dumps'));
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const text = readFileSync(path, 'utf8');
    expect(text).not.toContain(TOKEN);
    expect(text).not.toContain('secret-of-hook');
    const dump = JSON.parse(text) as { desk: { status: object; positions: readonly object[] }; watchdog: object };
    expect(dump.desk.status).toMatchObject({ money: 'sim', feed: 'connected' });
    expect(dump.desk.positions.length).toBeGreaterThan(0);
    expect(await running.get('/health')).toMatchObject({ status: 'ok' });
    expect(await running.end()).toBe(143);
  });

  it('goes on after a kill -9 where it stood: nothing that was open is forgotten', async () => {
    const first = await daemon();
    await first.sees(/"msg":"opened/);
    await first.post('/api/trading/pause');
    expect(await first.end('SIGKILL')).toBe(null);
    const open = openIn(first.dataDir);
    const second = await daemon(SIMULATION, {}, first.dataDir);
    const held = (await second.get('/api/positions')) as readonly { id: string }[];
    const known = held.map(({ id }) => id);
    const gone = ((await second.get('/api/trades?limit=1000')) as readonly { positionId: string }[]).map(
      ({ positionId }) => positionId,
    );
    for (const row of open) expect([...known, ...gone]).toContain((row as { id: string }).id);
    expect(await second.get('/status')).toMatchObject({ opening: { allowed: false, cause: 'paused_by_user' } });
    expect(await second.end()).toBe(143);
  });
});
