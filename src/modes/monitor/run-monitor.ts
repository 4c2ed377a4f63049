import { createSystemClock } from '../../adapters/clock/system/clock.ts';
import type { LoadedConfig } from '../../config/load.ts';
import { AitraderError } from '../../domain/errors.ts';
import { asId } from '../../domain/ids.ts';
import type { AccountId } from '../../domain/ids.ts';
import { SECOND_MS } from '../../domain/time.ts';
import type { Trade } from '../../domain/trade.ts';
import type { ApiClient } from '../../frontends/client/client.ts';
import { readTrade } from '../../frontends/client/remote/read-trade.ts';
import type { RemoteEngine } from '../../frontends/client/remote-engine.ts';
import type { TradeForm } from '../../frontends/shared/wire/forms.ts';
import { isTerminal, startTui } from '../../frontends/tui/start.ts';
import type { Clock } from '../../ports/clock.ts';
import { programVersion } from '../assets.ts';
import type { ProgramOptions } from '../cli/program-options.ts';
import { createCommandLine } from '../cli/command-line.ts';
import { waitForStop } from '../wait-for-stop.ts';
import { LinkWatch } from './link-watch.ts';
import { readMonitorUrl } from './monitor-url.ts';
import { openClient } from './open-client.ts';
import { openRemoteEngine } from './open-remote-engine.ts';
import { RemoteLogs } from './remote-logs.ts';
import { askRemote } from './remote-verbs.ts';

/** The daemon is heard every five seconds. */
const SILENT_MS = 12 * SECOND_MS;
/** Trades of before that the screen shows. */
const EARLIER_TRADES = 200;

/**
 * Shows the desk of a daemon elsewhere on this terminal until the user leaves.
 * @returns the exit code
 * @throws AitraderError `USAGE`, `DAEMON_UNREACHABLE`, `DAEMON_REFUSED`
 */
export async function runMonitor(options: ProgramOptions, { config }: LoadedConfig): Promise<number> {
  const { url, isInTheClear } = readMonitorUrl(options.monitor ?? '');
  if (!options.tui || !isTerminal(process.stdout)) throw noTerminal();
  const clock = createSystemClock();
  const client = await openClient({ url, token: config.api.token, stdin: process.stdin });
  const live = client.live({ silentMs: SILENT_MS });
  try {
    const logs = new RemoteLogs(live);
    const link = new LinkWatch({ url, live, clock, version: await programVersion(), isInTheClear });
    const engine = await openRemoteEngine({ client, live, clock, onUnreadable: () => link.noteUnreadable() }, url);
    return await show({ options, config, clock, client, logs, link, engine, url });
  } finally {
    live.close();
  }
}

interface Shown {
  readonly options: ProgramOptions;
  readonly config: LoadedConfig['config'];
  readonly clock: Clock;
  readonly client: ApiClient;
  readonly logs: RemoteLogs;
  readonly link: LinkWatch;
  readonly engine: RemoteEngine;
  readonly url: string;
}

async function show(parts: Shown): Promise<number> {
  const { options, config, clock, client, logs, link, engine, url } = parts;
  await link.start(engine);
  const stopped = waitForStop(clock, { forMs: options.for });
  const earlierTrades = await tradesOf(client, engine);
  const screen = startTui({
    engine,
    stdout: process.stdout,
    stdin: process.stdin,
    clock,
    deskClock: engine.deskClock,
    info: { mode: 'monitor', quoteAsset: engine.quoteAsset, dataDir: url },
    display: config.display,
    earlierTrades,
    earlierLogs: logs.take((line) => screen.log(line)),
    notice: () => link.words(),
    offline: () => null,
    commands: createCommandLine({
      ask: ({ verb, args }) => askRemote(client, verb, args),
      // Names of what is on this machine would mislead.
      values: () => Promise.resolve([]),
      dataDir: config.dataDir,
      now: () => engine.deskClock.now(),
    }),
  });
  try {
    const left = screen.ended.then(() => ({ why: 'quit', exitCode: 0 }));
    const { exitCode } = await Promise.race([left, stopped]);
    return exitCode;
  } finally {
    await screen.close();
    link.close();
    process.stdout.write(`aitrader: the monitor has ended; the daemon at ${url} goes on\n`);
  }
}

/** Oldest first, up to this very moment: those that are closed while they are asked for are heard of besides. */
async function tradesOf(client: ApiClient, engine: RemoteEngine): Promise<readonly Trade[]> {
  const heard: TradeForm[] = [];
  const deafen = engine.onAudit(({ subject, data }) => {
    if (subject === 'trade') heard.push(JSON.parse(data) as TradeForm);
  });
  const newest = await client.trades({ limit: EARLIER_TRADES });
  deafen();
  const byId = new Map([...newest.toReversed(), ...heard].map((form) => [form.id, form]));
  const accountId = asId<AccountId>(engine.status().account.id);
  return [...byId.values()].map((form) => readTrade(form, accountId));
}

function noTerminal(): AitraderError {
  return new AitraderError('USAGE', {
    problem: '--monitor draws a screen, and stdout is no terminal',
    hint: 'Start it at a terminal. Programs use the API: docs/api.md.',
  });
}
