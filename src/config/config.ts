import { isAbsolute, join, resolve } from 'node:path';
import { asId } from '../domain/ids.ts';
import type { AccountId, UserId } from '../domain/ids.ts';
import type { Decimal, Money } from '../domain/decimal.ts';
import type { Market } from '../domain/instrument.ts';
import type { Level } from '../domain/levels.ts';
import type { MarginMode } from '../domain/position/position.ts';
import type { RiskLimits } from '../domain/risk.ts';
import type { Secret } from '../lib/secret.ts';
import type { ExchangeKeys } from './exchange-keys.ts';
import type { SymbolSetting } from './kinds.ts';
import type { Values } from './variables.ts';

/** The settings of one run, read, checked and frozen. Paths are absolute; null means: not set, and no default. */
export interface Config {
  readonly dataDir: string;
  readonly userId: UserId;
  readonly accountId: AccountId;
  readonly flyAppName: string | null;
  readonly log: {
    readonly level: Values['LOG_LEVEL'];
    /** Null: by what stderr is. */
    readonly format: 'json' | 'console' | null;
  };
  readonly display: {
    readonly theme: Values['THEME'];
    readonly upColor: 'green' | 'red';
    readonly color: boolean;
    readonly ascii: boolean;
  };
  readonly exchange: {
    /** False: real money. */
    readonly paperTrading: boolean;
    readonly liveConfirm: string | null;
    /** `binance`, or the id of a venue in ccxt. Real money: Binance, or one that EXPERIMENTAL_LIVE names. */
    readonly venue: string;
    /** Null with paper and simulated money, and where no keys were asked for. */
    readonly keys: ExchangeKeys | null;
    readonly environment: Values['BINANCE_ENV'];
    readonly restUrl: string | null;
    readonly webSocketUrl: string | null;
    readonly market: Market;
    /** 1 on spot. */
    readonly leverage: number;
    readonly marginMode: MarginMode;
    /** What is done for futures positions that somebody else has opened. */
    readonly importedPositions: Values['IMPORT_POSITIONS'];
  };
  readonly symbols: {
    /** Symbols as typed; `resolveSymbol` finds the venue's. */
    readonly choice: SymbolSetting;
    readonly excluded: readonly string[];
    readonly meme: readonly string[];
    readonly maximum: number;
    readonly quoteAsset: string;
  };
  readonly traders: {
    readonly checkIntervalMs: number;
    /** Quote units. */
    readonly defaultSize: Money;
    readonly defaultStop: Level;
    readonly maxActive: number;
  };
  readonly risk: RiskLimits;
  readonly paper: {
    readonly balance: Money;
    readonly feeBps: Decimal;
    readonly slippageBps: Decimal;
    readonly latencyMs: number;
  };
  readonly features: {
    readonly aiAnalysis: boolean;
    readonly autoTrading: boolean;
    readonly positionMonitoring: boolean;
    readonly webSocketApi: boolean;
  };
  readonly api: {
    readonly host: string;
    /** 0: a free one. */
    readonly port: number;
    readonly token: Secret | null;
    readonly dataPerMinute: number;
    readonly ordersPerMinute: number;
  };
  readonly alerts: { readonly webhookUrl: Secret | null };
  readonly storage: {
    readonly backend: Values['STORAGE_BACKEND'];
    /** Null: one file for each kind of money in the data folder. */
    readonly sqlitePath: string | null;
    readonly databaseUrl: Secret | null;
    readonly supabaseUrl: string | null;
    readonly supabaseAnonKey: Secret | null;
  };
}

/** Makes a path absolute: `~/` is `home`, anything else counts from the working directory. */
export function absolutePath(path: string, home: string): string {
  if (path === '~' || path.startsWith('~/')) return join(home, path.slice(1));
  return isAbsolute(path) ? path : resolve(path);
}

/** Freezes what the configuration is made of; decimals and secrets do not change anyway. */
function deepFreeze<Value extends object>(value: Value): Value {
  for (const part of Object.values(value) as unknown[]) {
    const isPlain = Array.isArray(part) || (typeof part === 'object' && part !== null && part.constructor === Object);
    if (isPlain) deepFreeze(part);
  }
  return Object.freeze(value);
}

function riskLimits(values: Values, leverage: number): RiskLimits {
  return {
    maxDailyLossPct: values.MAX_DAILY_LOSS_PCT,
    maxConsecutiveLosses: values.MAX_CONSECUTIVE_LOSSES,
    cooldownMs: values.COOLDOWN,
    maxOpenPositions: values.MAX_OPEN_POSITIONS,
    maxExposurePct: values.MAX_EXPOSURE_PCT,
    maxPositionPct: values.MAX_POSITION_PCT,
    maxLeverage: leverage,
  };
}

/**
 * The configuration that the values make.
 * @param keys null where none are to be used
 * @param home the user's home folder
 */
export function compileConfig(values: Values, keys: ExchangeKeys | null, home: string): Config {
  const leverage = values.MARKET_TYPE === 'spot' ? 1 : values.LEVERAGE;
  return deepFreeze<Config>({
    dataDir: absolutePath(values.AITRADER_HOME, home),
    userId: asId<UserId>(values.USER_ID),
    accountId: asId<AccountId>(values.ACCOUNT_ID),
    flyAppName: values.FLY_APP_NAME,
    log: { level: values.LOG_LEVEL, format: values.LOG_FORMAT },
    display: {
      theme: values.THEME,
      upColor: values.UP_COLOR,
      color: values.NO_COLOR === null,
      ascii: values.ASCII,
    },
    exchange: {
      paperTrading: values.PAPER_TRADING,
      liveConfirm: values.LIVE_CONFIRM,
      venue: values.EXCHANGE,
      keys,
      environment: values.BINANCE_ENV,
      restUrl: values.BINANCE_REST_URL,
      webSocketUrl: values.BINANCE_WS_URL,
      market: values.MARKET_TYPE,
      leverage,
      marginMode: values.MARGIN_MODE,
      importedPositions: values.IMPORT_POSITIONS,
    },
    symbols: {
      choice: values.SYMBOLS ?? { kind: 'top', count: values.MAX_SYMBOLS },
      excluded: values.EXCLUDE_SYMBOLS ?? [],
      meme: values.MEME_SYMBOLS ?? [],
      maximum: values.MAX_SYMBOLS,
      quoteAsset: values.QUOTE_ASSET,
    },
    traders: {
      checkIntervalMs: values.CHECK_INTERVAL,
      defaultSize: values.DEFAULT_SIZE,
      defaultStop: values.DEFAULT_STOP,
      maxActive: values.MAX_ACTIVE_TRADERS,
    },
    risk: riskLimits(values, leverage),
    paper: {
      balance: values.PAPER_BALANCE,
      feeBps: values.FEE_BPS,
      slippageBps: values.SLIPPAGE_BPS,
      latencyMs: values.LATENCY_MS,
    },
    features: {
      aiAnalysis: values.ENABLE_AI_ANALYSIS,
      autoTrading: values.ENABLE_AUTO_TRADING,
      positionMonitoring: values.ENABLE_POSITION_MONITORING,
      webSocketApi: values.ENABLE_WEBSOCKET_API,
    },
    api: {
      host: values.HOST,
      port: values.PORT,
      token: values.AITRADER_TOKEN ?? values.API_KEY,
      dataPerMinute: values.API_DATA_PER_MINUTE,
      ordersPerMinute: values.API_ORDERS_PER_MINUTE,
    },
    alerts: { webhookUrl: values.WEBHOOK_URL },
    storage: {
      backend: values.STORAGE_BACKEND,
      sqlitePath: values.SQLITE_PATH === null ? null : absolutePath(values.SQLITE_PATH, home),
      databaseUrl: values.DATABASE_URL,
      supabaseUrl: values.SUPABASE_URL,
      supabaseAnonKey: values.SUPABASE_ANON_KEY,
    },
  });
}
