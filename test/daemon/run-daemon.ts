import { onTestFinished } from 'vitest';

import { startProgram } from '../cli/run-program.ts';
import type { RunningProgram } from '../cli/run-program.ts';

export const TOKEN = 'a token of tests'.replaceAll(' ', '-');

/** A running daemon of the built program. */
export interface Daemon extends RunningProgram {
  readonly url: string;
  readonly dataDir: string;
  /** Its answer, read as JSON. */
  get(path: string): Promise<unknown>;
  post(path: string, body?: object): Promise<unknown>;
  /** Sends the signal and waits for the end. */
  end(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Few symbols, so that a start is quick; a minute of the market in a second. */
export const SIMULATION = ['--sim', '--keep', '--symbols', '5'];

/** Starts a daemon on a free port of this machine and waits until it is at work. It does not outlive the test. */
export async function startDaemon(
  dataDir: string,
  args: readonly string[] = SIMULATION,
  env: Record<string, string> = {},
): Promise<Daemon> {
  const program = startProgram(['--daemon', '--data-dir', dataDir, ...args], {
    PORT: '0',
    AITRADER_TOKEN: TOKEN,
    ...{ API_DATA_PER_MINUTE: '100000', API_ORDERS_PER_MINUTE: '1000' },
    ...env,
  });
  onTestFinished(() => void program.process.kill('SIGKILL'));
  let lines = '';
  program.process.stderr.on('data', (text: string) => (lines += text));
  await program.sees(/"msg":"(LIVE )?ready/);
  const url = /the API listens on (http[^"\s]+)/.exec(lines)?.[1];
  if (url === undefined) throw new Error(`the daemon does not say where it listens: ${lines}`);
  const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
  const ask = async (path: string, init: RequestInit): Promise<unknown> => {
    const response = await fetch(url + path, { ...init, headers });
    const body: unknown = await response.json();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${JSON.stringify(body)}`);
    return body;
  };
  return {
    ...program,
    url,
    dataDir,
    get: (path) => ask(path, {}),
    post: (path, body = {}) => ask(path, { method: 'POST', body: JSON.stringify(body) }),
    async end(signal = 'SIGTERM') {
      program.process.kill(signal);
      return (await program.ended).exitCode;
    },
  };
}
