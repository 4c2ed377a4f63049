import type { RunningDesk } from '../../shared/desk.ts';
import type { Desk } from '../../shared/desk.ts';
import { riskJson } from '../../shared/json/risk-json.ts';
import { runningStatus } from '../../shared/verbs/status.ts';
import type { RiskForm, StatusForm } from '../../shared/wire/forms.ts';
import type { LogWindow } from '../log-window.ts';

/** What the operations and the channels work on. */
export interface ApiDesk {
  readonly desk: Desk;
  readonly running: RunningDesk;
  readonly logs: LogWindow;
  readonly version: string;
}

export async function statusOf({ desk, running, version }: ApiDesk): Promise<StatusForm> {
  return { version, time: desk.now(), ...(await runningStatus(desk, running)) };
}

const RISK_EVENTS = 50;

export async function riskOf({ desk, running }: ApiDesk): Promise<RiskForm> {
  const { store, userId } = desk;
  const [breaker, events] = await Promise.all([
    store.risk.breaker(userId),
    store.risk.events(userId, { limit: RISK_EVENTS }),
  ]);
  return riskJson(running.engine, { breaker, events });
}
