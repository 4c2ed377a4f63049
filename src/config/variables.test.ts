import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeConfig } from './describe.ts';
import { loadConfig } from './load.ts';
import { SECTIONS, VARIABLES, VARIABLE_NAMES } from './variables.ts';

/** Users' files and scripts name these: none may vanish or change its name. */
const PROMISED = `
  USER_ID ACCOUNT_ID AITRADER_TOKEN API_KEY HOST PORT BINANCE_API_KEY BINANCE_SECRET_KEY BINANCE_ENV BINANCE_REST_URL
  BINANCE_WS_URL MARKET_TYPE LEVERAGE MARGIN_MODE SUPABASE_URL SUPABASE_ANON_KEY DATABASE_URL STORAGE_BACKEND SQLITE_PATH
  PAPER_TRADING LIVE_CONFIRM PAPER_BALANCE FEE_BPS SLIPPAGE_BPS LATENCY_MS SYMBOLS QUOTE_ASSET EXCLUDE_SYMBOLS MAX_SYMBOLS
  CHECK_INTERVAL DEFAULT_SIZE DEFAULT_STOP MAX_ACTIVE_TRADERS MAX_OPEN_POSITIONS MAX_DAILY_LOSS_PCT
  MAX_CONSECUTIVE_LOSSES COOLDOWN MAX_EXPOSURE_PCT MAX_POSITION_PCT MEME_SYMBOLS WEBHOOK_URL ENABLE_AI_ANALYSIS
  ENABLE_AUTO_TRADING ENABLE_POSITION_MONITORING ENABLE_WEBSOCKET_API LOG_LEVEL LOG_FORMAT THEME NO_COLOR ASCII UP_COLOR
  AITRADER_HOME FLY_APP_NAME EXCHANGE EXPERIMENTAL_LIVE EXCHANGE_API_KEY EXCHANGE_SECRET_KEY
  EXCHANGE_PASSPHRASE IMPORT_POSITIONS API_DATA_PER_MINUTE API_ORDERS_PER_MINUTE`
  .trim()
  .split(/\s+/);

const PROMISED_DEFAULTS: Record<string, string> = {
  ...{
    HOST: '127.0.0.1',
    PORT: '8080',
    BINANCE_ENV: 'live',
    EXCHANGE: 'binance',
    MARKET_TYPE: 'spot',
    LEVERAGE: '1',
    MARGIN_MODE: 'isolated',
    IMPORT_POSITIONS: 'watch',
  },
  ...{ STORAGE_BACKEND: 'sqlite', PAPER_TRADING: 'true', PAPER_BALANCE: '10000', FEE_BPS: '10', SLIPPAGE_BPS: '2' },
  ...{ LATENCY_MS: '250', QUOTE_ASSET: 'USDT', MAX_SYMBOLS: '100', CHECK_INTERVAL: '5m', DEFAULT_SIZE: '100' },
  ...{ DEFAULT_STOP: '2atr', MAX_ACTIVE_TRADERS: '50', MAX_OPEN_POSITIONS: '20', MAX_DAILY_LOSS_PCT: '5' },
  ...{ MAX_CONSECUTIVE_LOSSES: '3', COOLDOWN: '4h', ENABLE_AI_ANALYSIS: 'false', ENABLE_AUTO_TRADING: 'true' },
  ...{ ENABLE_POSITION_MONITORING: 'true', ENABLE_WEBSOCKET_API: 'true' },
  ...{ API_DATA_PER_MINUTE: '100', API_ORDERS_PER_MINUTE: '10' },
};

/** For every variable that can be written wrongly: texts that it must refuse. */
const WRONG: Record<string, readonly string[]> = {
  AITRADER_HOME: ['~other/desk', 'a\0b'],
  USER_ID: ['two words', 'x'.repeat(65), '../up'],
  ACCOUNT_ID: ['a/b'],
  FLY_APP_NAME: ['an app'],
  LOG_LEVEL: ['loud', 'trace'],
  LOG_FORMAT: ['xml'],
  THEME: ['solarized'],
  UP_COLOR: ['blue'],
  ASCII: ['maybe'],
  PAPER_TRADING: ['flase', '2', 'paper'],
  API_DATA_PER_MINUTE: ['0', '1e3', 'many'],
  API_ORDERS_PER_MINUTE: ['0', '-1'],
  EXCHANGE: ['Binance US', '../binance', 'b'],
  EXPERIMENTAL_LIVE: ['true', 'kraken'],
  LIVE_CONFIRM: ['x'.repeat(65)],
  EXCHANGE_API_KEY: ['two words'],
  EXCHANGE_SECRET_KEY: ['schlüssel'],
  EXCHANGE_PASSPHRASE: ['two words'],
  BINANCE_API_KEY: ['two words', 'schlüssel'],
  BINANCE_SECRET_KEY: ['two words'],
  BINANCE_ENV: ['prod'],
  BINANCE_REST_URL: ['api.binance.com', 'ws://x', 'https://u:p@x', 'https://x?y=1', 'https://'],
  BINANCE_WS_URL: ['https://x', 'wss://u@x'],
  MARKET_TYPE: ['margin'],
  LEVERAGE: ['0', '126', '1.5', 'ten', '1e2', '-1'],
  MARGIN_MODE: ['portfolio'],
  IMPORT_POSITIONS: ['leave'],
  SYMBOLS: ['top:0', 'top', 'top:', 'BTC/USDT/X', '!', ',', '0'],
  QUOTE_ASSET: ['US-DT', 'USDT,BTC'],
  EXCLUDE_SYMBOLS: ['a;b'],
  MAX_SYMBOLS: ['0', '1001'],
  MEME_SYMBOLS: ['$'],
  CHECK_INTERVAL: ['59s', '5', '0m', '2w', '5 m', '-5m'],
  DEFAULT_SIZE: ['0', '-1', '1e3', '1,000', 'NaN', 'Infinity', '1000000000001'],
  DEFAULT_STOP: ['2', '0%', '51%', '1.5r', 'atr', '-2%', '100 %'],
  MAX_ACTIVE_TRADERS: ['0', '1001'],
  PAPER_BALANCE: ['0', 'much'],
  FEE_BPS: ['-1', '1001', '1%'],
  SLIPPAGE_BPS: ['-0.1'],
  LATENCY_MS: ['-1', '60001', '250ms'],
  ENABLE_AUTO_TRADING: ['ja'],
  ENABLE_POSITION_MONITORING: ['enable'],
  ENABLE_AI_ANALYSIS: ['-'],
  MAX_OPEN_POSITIONS: ['0'],
  MAX_DAILY_LOSS_PCT: ['0', '100.1', '5%'],
  MAX_CONSECUTIVE_LOSSES: ['0', '2.5'],
  COOLDOWN: ['-1h', '5w', 'soon'],
  MAX_EXPOSURE_PCT: ['0', '12501'],
  MAX_POSITION_PCT: ['-5'],
  AITRADER_TOKEN: ['two words'],
  API_KEY: ['two\twords'],
  HOST: ['a b', 'http://x'],
  PORT: ['-1', '65536', '80a'],
  ENABLE_WEBSOCKET_API: ['y es'],
  WEBHOOK_URL: ['hooks.example', 'ftp://x'],
  STORAGE_BACKEND: ['mysql', 'firestore'],
  SQLITE_PATH: ['~me/x.db'],
  DATABASE_URL: ['mysql://u:p@x/y', 'db.example/x'],
  SUPABASE_URL: ['x.supabase.co'],
  SUPABASE_ANON_KEY: ['two words'],
};

/** And texts that must be taken, each in another way of writing. */
const RIGHT: Record<string, readonly string[]> = {
  SYMBOLS: [
    'BTCUSDT',
    'btc, eth/usdt',
    'BTC/USDT:USDT',
    'top:50',
    'TOP:5',
    '20',
    '币安人生USDT',
    '1000PEPEUSDT',
    'BTCUSDT_251226',
    'BTC-USDT-SWAP',
  ],
  DEFAULT_STOP: ['2%', '0.5%', '1.5ATR', '3 atr', '50%'],
  CHECK_INTERVAL: ['1m', '1h', '1w', '90s'],
  COOLDOWN: ['0s', '4w'],
  PAPER_TRADING: ['TRUE', 'false', 'Yes', 'off', '1', '0'],
  LOG_LEVEL: ['INFO', 'debug', 'fatal'],
  THEME: ['light', 'colorblind', 'mono', 'Tokyo-Night'],
  LEVERAGE: ['125'],
  MAX_EXPOSURE_PCT: ['12500', '0.01'],
  FEE_BPS: ['0', '1000', '7.5'],
  BINANCE_REST_URL: ['http://127.0.0.1:9000/', 'https://testnet.binance.vision'],
  BINANCE_WS_URL: ['ws://127.0.0.1:9001', 'wss://stream.binance.com:9443'],
  DATABASE_URL: ['postgres://u:p@host/db', 'postgresql://host/db'],
  HOST: ['::1', 'desk.internal', '0.0.0.0'],
  NO_COLOR: ['anything'],
  USER_ID: ['550e8400-e29b-41d4-a716-446655440000', 'me@example.org'],
};

function accepts(name: keyof typeof VARIABLES, text: string): boolean {
  return VARIABLES[name].schema.safeParse(text).success;
}

describe('the variables', () => {
  it('are the promised ones, each in one section of the documentation', () => {
    expect(VARIABLE_NAMES.toSorted()).toEqual(PROMISED.toSorted());
    const documented = SECTIONS.flatMap(({ variables }) => Object.keys(variables));
    expect(documented).toEqual(VARIABLE_NAMES);
  });

  it('have the promised defaults', () => {
    for (const [name, value] of Object.entries(PROMISED_DEFAULTS)) {
      expect(`${name}=${VARIABLES[name as keyof typeof VARIABLES].default}`).toBe(`${name}=${value}`);
    }
  });

  it.each(VARIABLE_NAMES)('%s takes its own defaults, refuses wrong texts, and says what it takes', (name) => {
    const { default: text, otherDefault, allowed, about } = VARIABLES[name];
    if (text !== null) expect(accepts(name, text)).toBe(true);
    if (otherDefault !== undefined) expect(accepts(name, otherDefault.value)).toBe(true);
    for (const right of RIGHT[name] ?? []) expect(`${right}: ${accepts(name, right)}`).toBe(`${right}: true`);
    for (const wrong of WRONG[name] ?? []) expect(`${wrong}: ${accepts(name, wrong)}`).toBe(`${wrong}: false`);
    expect(allowed).not.toBe('');
    expect(about).toMatch(/\.$/);
  });

  it('can all be written wrongly but NO_COLOR', () => {
    expect(VARIABLE_NAMES.filter((name) => (WRONG[name] ?? []).length === 0)).toEqual(['NO_COLOR']);
  });
});

const SECRET_NAMES = VARIABLE_NAMES.filter((name) => VARIABLES[name].secret === true);

describe('secrets', () => {
  it('are the keys, tokens and URLs that give access', () => {
    expect(SECRET_NAMES.toSorted()).toEqual(
      [
        ...[
          'AITRADER_TOKEN',
          'API_KEY',
          'BINANCE_API_KEY',
          'BINANCE_SECRET_KEY',
          'DATABASE_URL',
          'EXCHANGE_API_KEY',
          'EXCHANGE_PASSPHRASE',
          'EXCHANGE_SECRET_KEY',
          'SUPABASE_ANON_KEY',
        ],
        'WEBHOOK_URL',
      ].toSorted(),
    );
  });

  it('are seen in no error, warning or row, right or wrong, also when other variables were given them', () => {
    const secret = fc
      .string({ minLength: 6, maxLength: 70, unit: fc.constantFrom(...'abcXYZ019-_/+=!%"\\ é') })
      // What is part of every message is no secret.
      .filter((text) => text.trim().length >= 6 && /[XYZ]/.test(text) && !/^[*. ]+$/.test(text));
    const forms = fc.constantFrom(
      (text: string) => text,
      (text: string) => `https://hooks.example/services/${encodeURIComponent(text)}`,
      (text: string) => `postgres://user:${encodeURIComponent(text)}@db.example/desk`,
      (text: string) => `${text}.pem`,
    );
    const others = VARIABLE_NAMES.filter((name) => !SECRET_NAMES.includes(name) && name !== 'PAPER_TRADING');
    const spoiled = fc.record({
      secretNames: fc.subarray(SECRET_NAMES, { minLength: 1 }),
      otherNames: fc.subarray(others, { maxLength: 3 }),
    });
    fc.assert(
      fc.property(secret, forms, spoiled, (text, form, { secretNames, otherNames }) => {
        const given = form(text.trim());
        const values = Object.fromEntries([...secretNames, ...otherNames].map((name) => [name, given]));
        const env = { AITRADER_HOME: '/nonexistent', PAPER_TRADING: 'false', ...values };
        const loaded = loadConfig({ env, readKeys: true });
        const output = loaded.ok
          ? [...describeConfig(loaded.value).map(({ value }) => value), ...loaded.value.warnings]
          : loaded.error.flatMap((error) => [error.message, error.hint, ...Object.values(error.context)]);
        for (const line of output) {
          expect(String(line)).not.toContain(given);
          expect(String(line)).not.toContain(text.trim());
        }
      }),
      { numRuns: 500 },
    );
  });
});
