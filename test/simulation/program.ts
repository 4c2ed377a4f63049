/** The program, put together as for real money: the right to the account, a look at it, the broker, the engine. */
import { checkAccount } from '../../src/adapters/broker/ccxt/account-check.ts';
import { createCcxtBroker } from '../../src/adapters/broker/ccxt/ccxt.ts';
import type { CcxtBrokerOptions } from '../../src/adapters/broker/ccxt/options.ts';
import type { Account } from '../../src/domain/account.ts';
import { asId } from '../../src/domain/ids.ts';
import type { AccountId, UserId, VenueSymbol } from '../../src/domain/ids.ts';
import type { Instrument } from '../../src/domain/instrument.ts';
import type { Order } from '../../src/domain/order/order.ts';
import type { EngineParts } from '../../src/engine/desks.ts';
import { Engine } from '../../src/engine/engine.ts';
import { Secret } from '../../src/lib/secret.ts';
import { AccountLease } from '../../src/modes/desk/live/account-lease.ts';
import { watchForIntruders } from '../../src/modes/desk/live/intruders.ts';
import type { Intruders } from '../../src/modes/desk/live/intruders.ts';
import { lookForOtherInstances } from '../../src/modes/desk/live/other-instances.ts';
import type { OtherInstancesTerms } from '../../src/modes/desk/live/other-instances.ts';
import { patientBroker } from '../../src/modes/desk/live/patient-broker.ts';
import { PreparedBroker } from '../../src/modes/desk/live/prepared-broker.ts';
import { StartPatience } from '../../src/modes/desk/live/start-patience.ts';
import type { Broker } from '../../src/ports/broker.ts';
import type { Store } from '../../src/ports/store/store.ts';
import { HOST } from './network.ts';
import type { Plan } from './plan.ts';

export const KEYS = { apiKey: 'k'.repeat(64), apiSecret: 's'.repeat(64) };
export const USER = asId<UserId>('user');
export const ACCOUNT_ID = asId<AccountId>('account');

export interface ProgramParts {
  readonly plan: Plan;
  /** The engine's, but for the broker. */
  readonly engine: Omit<EngineParts, 'broker' | 'symbols'>;
  readonly exchange: Pick<CcxtBrokerOptions, 'venueClass' | 'chance' | 'instruments' | 'transport' | 'openSocket'>;
  /** Stands between engine and broker. */
  readonly wrap: (broker: Broker) => Broker;
  /** Takes the account over from whoever has it. */
  readonly takeOver: boolean;
  /** Whether others are looked for at the start, and watched for later. */
  readonly others: 'looked for' | 'watched for' | 'ignored';
  /** Another process has taken the account over. */
  readonly onLost: () => void;
}

export interface Program {
  readonly engine: Engine;
  readonly broker: Broker;
  readonly lease: AccountLease;
}

/** As `createLiveWorld` and `runDesk` do it. @throws what they throw when the account cannot be traded */
export async function openProgram(parts: ProgramParts): Promise<Program> {
  const { clock, ids, logger, store, instance } = parts.engine;
  const lease = await AccountLease.take({
    ...{ store, clock, logger, userId: USER, accountId: ACCOUNT_ID, instance, takeOver: parts.takeOver },
    ...{ session: ids.next(), onLost: parts.onLost },
  });
  try {
    const instruments = await parts.exchange.instruments();
    const symbols = tradingSymbols(parts.plan, instruments);
    const listed = new Set(instruments.map(({ symbol }) => symbol));
    const { broker, intruders } = await openBroker(parts, { symbols, listed, watchedUntil: lease.heldBefore });
    lease.watches();
    const engine = await Engine.open({ ...parts.engine, broker: parts.wrap(broker), symbols });
    intruders?.onFound((reason) => void engine.handle.execute({ type: 'pause_opening', reason }, USER));
    return { engine, broker, lease };
  } catch (failure) {
    await lease.release();
    throw failure;
  }
}

/** Those of which the exchange may still tell. */
async function knownOrders({ orders, positions }: Store): Promise<readonly Order[]> {
  const open = await positions.open(USER);
  const ofPositions = await Promise.all(open.map(({ id }) => orders.ofPosition(USER, id)));
  return [...(await orders.unfinished(USER)), ...ofPositions.flat()];
}

function tradingSymbols(plan: Plan, instruments: readonly Instrument[]): readonly VenueSymbol[] {
  const trading = instruments.filter(({ symbol, status }) => plan.traded.includes(symbol) && status === 'trading');
  return trading.map(({ symbol }) => symbol);
}

async function openBroker(
  parts: ProgramParts,
  { symbols, ...look }: Pick<OtherInstancesTerms, 'symbols' | 'listed' | 'watchedUntil'>,
): Promise<{ readonly broker: PreparedBroker; readonly intruders: Intruders | null }> {
  const { plan, takeOver } = parts;
  const { clock, logger, store, instance } = parts.engine;
  const account: Account = {
    ...{ id: ACCOUNT_ID, userId: USER, venue: 'binance', market: plan.market, money: 'live', label: 'simulated' },
  };
  const options: CcxtBrokerOptions = {
    ...{ account, logger, clock, instance, ...parts.exchange },
    apiKey: new Secret(KEYS.apiKey),
    secret: new Secret(KEYS.apiSecret),
    hosts: { rest: HOST, userStream: plan.market === 'spot' ? 'ws://inside/ws-api/v3' : 'ws://inside/fstream' },
    orders: await knownOrders(store),
  };
  const patience = new StartPatience({ clock, logger, stopped: new Promise(() => undefined) });
  const checked = symbols[0] ?? asId<VenueSymbol>(plan.byHand);
  await patience.ask('the state of the account', () => checkAccount(options, checked));
  const { leverage } = plan;
  const bare = createCcxtBroker({
    ...options,
    onNotice: (notice) => {
      if (notice.type === 'account_config_changed' && notice.leverage !== leverage) broker.forget();
    },
  });
  const broker = new PreparedBroker(bare, { leverage, marginMode: 'isolated' });
  broker.onEvent(({ type }) => (type === 'account_stream_connected' ? broker.forget() : undefined));
  const atHand = { quoteAsset: 'USDT', symbols, listed: look.listed };
  const intruders = parts.others === 'ignored' ? null : watchForIntruders({ broker, instance, clock, atHand });
  if (parts.others !== 'looked for') return { broker, intruders };
  try {
    await lookForOtherInstances({
      ...{
        broker: patientBroker(broker, patience),
        store,
        userId: USER,
        accountId: ACCOUNT_ID,
        instance,
        quoteAsset: 'USDT',
        symbols,
      },
      ...{ ...look, takeOver, now: () => clock.now() },
    });
  } catch (failure) {
    await broker.close();
    throw failure;
  }
  return { broker, intruders };
}
