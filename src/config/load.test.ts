import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { AitraderError } from '../domain/errors.ts';
import { describeConfig } from './describe.ts';
import { loadConfig } from './load.ts';
import type { ConfigRequest, LoadedConfig } from './load.ts';
import type { Environment } from './settings.ts';

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'aitrader-config-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** A data folder with this config.env. */
function dataDirWith(configEnv: string): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'config.env'), configEnv, { mode: 0o600 });
  return folder;
}

function outcome(request: Partial<ConfigRequest> & { readonly env: Environment }): ReturnType<typeof loadConfig> {
  const env = { AITRADER_HOME: join(tmpdir(), 'aitrader-no-such-folder'), ...request.env };
  return loadConfig({ readKeys: false, ...request, env });
}

function load(request: Partial<ConfigRequest> & { readonly env: Environment }): LoadedConfig {
  const loaded = outcome(request);
  if (!loaded.ok) throw new Error(loaded.error.map(({ message }) => message).join('\n'));
  return loaded.value;
}

function refusals(request: Partial<ConfigRequest> & { readonly env: Environment }): readonly AitraderError[] {
  const loaded = outcome(request);
  return loaded.ok ? [] : loaded.error;
}

function messages(request: Partial<ConfigRequest> & { readonly env: Environment }): string[] {
  return refusals(request).map(({ message }) => message);
}

function sourceOf(loaded: LoadedConfig, name: string): string {
  const row = describeConfig(loaded).find((candidate) => candidate.name === name);
  return `${row?.value} (${row?.source})`;
}

/** Keys as Binance hands them out: 64 letters and digits. */
const API_KEY = 'vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A';
const SECRET_KEY = 'NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j';
const LIVE = { PAPER_TRADING: 'false', BINANCE_API_KEY: API_KEY, BINANCE_SECRET_KEY: SECRET_KEY };

describe('where a setting comes from', () => {
  it('a flag beats the process, the process beats config.env, config.env beats the default', () => {
    const env = {
      AITRADER_HOME: dataDirWith('PORT=1\nLEVERAGE=2\nMAX_SYMBOLS=3\nMARKET_TYPE=futures\n'),
      PORT: '10',
      LEVERAGE: '20',
    };
    const loaded = load({ env, flags: { PORT: { flag: '--port', value: '100' } } });
    expect(loaded.config.api.port).toBe(100);
    expect(sourceOf(loaded, 'PORT')).toBe('100 (flag --port)');
    expect(loaded.config.exchange.leverage).toBe(20);
    expect(sourceOf(loaded, 'LEVERAGE')).toBe('20 (environment)');
    expect(loaded.config.symbols.maximum).toBe(3);
    expect(sourceOf(loaded, 'MAX_SYMBOLS')).toBe('3 (config.env:3)');
    expect(sourceOf(loaded, 'HOST')).toBe('127.0.0.1 (default)');
  });

  it('an empty value counts as none', () => {
    const loaded = load({ env: { AITRADER_HOME: dataDirWith('PORT=1\nTHEME=\n'), PORT: ' ', THEME: '' } });
    expect(sourceOf(loaded, 'PORT')).toBe('1 (config.env:1)');
    expect(sourceOf(loaded, 'THEME')).toBe('tokyo-night (default)');
  });

  it('the file of --config is read in place of the one in the data folder, and must exist', () => {
    const other = join(temporaryFolder(), 'desk.env');
    writeFileSync(other, 'PORT=7');
    const env = { AITRADER_HOME: dataDirWith('PORT=1') };
    const loaded = load({ env, configFile: other });
    expect(loaded.config.api.port).toBe(7);
    expect(sourceOf(loaded, 'PORT')).toBe('7 (desk.env:1)');
    const missing = refusals({ env, configFile: `${other}.missing` });
    expect(missing.map(({ message }) => message)).toEqual([`--config is ${other}.missing: there is no such file`]);
    expect(messages({ env, configFile: env.AITRADER_HOME })).toEqual([
      `--config is ${env.AITRADER_HOME}: this is a folder`,
    ]);
  });

  it('the data folder is AITRADER_HOME, and ~ is the home folder', () => {
    const home = temporaryFolder();
    mkdirSync(join(home, 'desk'));
    writeFileSync(join(home, 'desk', 'config.env'), 'PORT=9', { mode: 0o600 });
    const loaded = load({ env: { HOME: home, AITRADER_HOME: '~/desk', SQLITE_PATH: '~/x.db' } });
    expect(loaded.config.dataDir).toBe(join(home, 'desk'));
    expect(loaded.config.api.port).toBe(9);
    expect(loaded.config.storage.sqlitePath).toBe(join(home, 'x.db'));
    expect(load({ env: { AITRADER_HOME: '', HOME: home } }).config.dataDir).toBe(join(home, '.aitrader'));
    expect(load({ env: { AITRADER_HOME: '~/nowhere' } }).config.dataDir).toBe(join(homedir(), 'nowhere'));
    expect(load({ env: { AITRADER_HOME: 'relative' } }).config.dataDir).toBe(join(process.cwd(), 'relative'));
  });

  it('config.env cannot move the data folder in which it lies', () => {
    expect(messages({ env: { AITRADER_HOME: '', HOME: homeWith('AITRADER_HOME=/elsewhere\n') } })).toEqual([
      'AITRADER_HOME is "/elsewhere": it says where config.env lies, and cannot be set in it (config.env:1)',
    ]);
  });
});

/** A home folder with this config.env in its data folder. */
function homeWith(configEnv: string): string {
  const home = temporaryFolder();
  mkdirSync(join(home, '.aitrader'));
  writeFileSync(join(home, '.aitrader', 'config.env'), configEnv, { mode: 0o600 });
  return home;
}

describe('defaults', () => {
  it('hold without any setting, and make paper money on spot', () => {
    const { config } = load({ env: {} });
    expect(config.exchange).toMatchObject({
      paperTrading: true,
      keys: null,
      market: 'spot',
      leverage: 1,
      environment: 'live',
    });
    expect(config.api).toEqual({
      ...{ host: '127.0.0.1', port: 8080, token: null },
      ...{ dataPerMinute: 100, ordersPerMinute: 10 },
    });
    expect(config.traders).toMatchObject({ checkIntervalMs: 300_000, maxActive: 50 });
    expect(config.traders.defaultStop).toMatchObject({ kind: 'atr' });
    expect(config.risk.maxDailyLossPct.toFixed()).toBe('5');
    expect(config.risk.cooldownMs).toBe(4 * 3_600_000);
    expect(config.risk).toMatchObject({ maxExposurePct: null, maxPositionPct: null, maxOpenPositions: 20 });
    expect(config.paper.balance.toFixed()).toBe('10000');
    expect(config.symbols.choice).toEqual({ kind: 'top', count: 100 });
    expect(config.log).toEqual({ level: 'info', format: null });
  });

  it('differ on Fly.io: the daemon is reached from outside', () => {
    const { config } = load({ env: { FLY_APP_NAME: 'desk' } });
    expect(config.flyAppName).toBe('desk');
    expect(config.api.host).toBe('0.0.0.0');
    expect(load({ env: { FLY_APP_NAME: 'desk', HOST: '::1' } }).config.api.host).toBe('::1');
  });

  it('differ with real money: nothing trades by itself unless told to', () => {
    expect(load({ env: {} }).config.features.autoTrading).toBe(true);
    expect(load({ env: LIVE }).config.features.autoTrading).toBe(false);
    expect(load({ env: { ...LIVE, ENABLE_AUTO_TRADING: 'on' } }).config.features.autoTrading).toBe(true);
    const paper = { PAPER_TRADING: { flag: '--paper', value: 'true' } };
    expect(load({ env: LIVE, flags: paper }).config.features.autoTrading).toBe(true);
  });
});

describe('the compiled configuration', () => {
  it('is frozen through and through', () => {
    const { config } = load({ env: { SYMBOLS: 'BTC,ETH' } });
    const check = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      if (value.constructor !== Object && !Array.isArray(value)) return;
      expect(Object.isFrozen(value)).toBe(true);
      for (const part of Object.values(value)) check(part);
    };
    check(config);
  });

  it('has no leverage on spot, and says so', () => {
    const spot = load({ env: { LEVERAGE: '5' } });
    expect([spot.config.exchange.leverage, spot.config.risk.maxLeverage]).toEqual([1, 1]);
    expect(spot.warnings.join()).toContain('LEVERAGE=5 is without effect');
    expect(load({ env: { ENABLE_AI_ANALYSIS: 'true' } }).warnings.join()).toContain('this version has no analyst');
    const futures = load({ env: { LEVERAGE: '5', MARKET_TYPE: 'futures' } });
    expect([futures.config.exchange.leverage, futures.config.risk.maxLeverage]).toEqual([5, 5]);
    expect(futures.warnings).toEqual([]);
  });

  it('takes any non-empty NO_COLOR as a wish for no colour', () => {
    for (const text of ['1', '0', 'false']) expect(load({ env: { NO_COLOR: text } }).config.display.color).toBe(false);
    expect(load({ env: { NO_COLOR: '' } }).config.display.color).toBe(true);
  });

  it('takes API_KEY for the token where AITRADER_TOKEN is not set', () => {
    const token = (env: Environment): string | undefined => load({ env }).config.api.token?.reveal();
    expect(token({ API_KEY: 'a-long-password-1' })).toBe('a-long-password-1');
    expect(token({ API_KEY: 'a-long-password-1', AITRADER_TOKEN: 'a-long-password-2' })).toBe('a-long-password-2');
  });
});

describe('wrong settings', () => {
  it('are all named, with the value given, what is wrong and what is allowed', () => {
    const env = { AITRADER_HOME: dataDirWith('LEVERAGE=lots\nnonsense\n'), PORT: '99999', CHECK_INTERVAL: '30s' };
    const errors = refusals({ env, flags: { SYMBOLS: { flag: '--symbols', value: 'top:x' } } });
    expect(errors.map(({ message }) => message)).toEqual([
      'config.env:2 is unreadable: not of the form KEY=value',
      'LEVERAGE is "lots": not a whole number (config.env:1)',
      '--symbols is "top:x": "top" without a number',
      'CHECK_INTERVAL is "30s": shorter than 1m',
      'PORT is "99999": above 65535',
    ]);
    expect(errors[4]).toMatchObject({ code: 'CONFIG_INVALID', fault: 'user' });
    expect(errors[4]?.hint).toContain('Allowed: a whole number from 0 to 65535');
  });

  it('show no control characters and no endless text', () => {
    const [message = ''] = messages({ env: { THEME: `\x1b[31mred\n${'long '.repeat(1_000)}` } });
    expect(message).toContain('\\u001b[31mred\\n');
    expect(message.length).toBeLessThan(400);
  });

  it('are found between settings, too', () => {
    expect(messages({ env: { STORAGE_BACKEND: 'postgres' } })).toEqual([
      'DATABASE_URL is not set: STORAGE_BACKEND=postgres needs it',
    ]);
    expect(messages({ env: { STORAGE_BACKEND: 'supabase' } })).toEqual([
      'SUPABASE_URL is not set: STORAGE_BACKEND=supabase needs it',
      'SUPABASE_ANON_KEY is not set: STORAGE_BACKEND=supabase needs it',
    ]);
    expect(messages({ env: { SYMBOLS: 'top:20', MAX_SYMBOLS: '10' } })).toEqual(['SYMBOLS is "top:20": 20 symbols']);
  });
});

describe('config.env', () => {
  it('may hold unknown variables: a warning names the nearest known one, and never the value', () => {
    const key = 'x'.repeat(64);
    const { warnings } = load({ env: { AITRADER_HOME: dataDirWith(`PAPER_TRADNG=s3cret\nFOO=1\n${key}==\n`) } });
    expect(warnings).toEqual([
      'config.env:1: PAPER_TRADNG is no variable of aitrader and is ignored; did you mean PAPER_TRADING?',
      'config.env:2: FOO is no variable of aitrader and is ignored',
      'config.env:3: a name of 64 characters is no variable of aitrader',
    ]);
  });

  it('with secrets in it should be readable by its owner alone', () => {
    const folder = dataDirWith('AITRADER_TOKEN=a-long-password-1\n');
    expect(load({ env: { AITRADER_HOME: folder } }).warnings).toEqual([]);
    chmodSync(join(folder, 'config.env'), 0o644);
    expect(load({ env: { AITRADER_HOME: folder } }).warnings.join()).toContain(
      'holds AITRADER_TOKEN and other users may read it',
    );
  });
});

describe('the keys of the exchange account', () => {
  it('are not even looked at with paper or simulated money, or where none are asked for', () => {
    const guarded: Environment = {
      AITRADER_HOME: dataDirWith(`BINANCE_API_KEY=${API_KEY}\n`),
      PAPER_TRADING: 'false',
      get BINANCE_API_KEY(): string {
        throw new Error('BINANCE_API_KEY was read');
      },
      get BINANCE_SECRET_KEY(): string {
        throw new Error('BINANCE_SECRET_KEY was read');
      },
    };
    const requests = [
      { env: guarded, readKeys: false },
      { env: guarded, readKeys: true, flags: { PAPER_TRADING: { flag: '--sim', value: 'true' } } },
    ];
    for (const request of requests) {
      const loaded = loadConfig(request);
      if (!loaded.ok) throw new Error('refused');
      expect(loaded.value.config.exchange.keys).toBeNull();
      expect(sourceOf(loaded.value, 'BINANCE_API_KEY')).toBe(' (not read)');
      expect(loaded.value.secrets).toEqual([]);
    }
    expect(() => loadConfig({ env: guarded, readKeys: true })).toThrow('was read');
  });

  it('are both needed for real money', () => {
    expect(messages({ readKeys: true, env: { PAPER_TRADING: 'false' } })).toEqual([
      'BINANCE_API_KEY is not set: PAPER_TRADING=false needs it',
      'BINANCE_SECRET_KEY is not set: PAPER_TRADING=false needs it',
    ]);
  });

  describe('of another exchange', () => {
    const OTHER = {
      ...{ PAPER_TRADING: 'false', EXCHANGE: 'okx', MARKET_TYPE: 'futures', EXPERIMENTAL_LIVE: 'okx' },
      ...{ EXCHANGE_API_KEY: 'k'.repeat(36), EXCHANGE_SECRET_KEY: 's'.repeat(32), EXCHANGE_PASSPHRASE: 'Sesame-1' },
    };

    it('are taken with its name in EXPERIMENTAL_LIVE, and are secrets', () => {
      const loaded = load({ readKeys: true, env: OTHER });
      const { keys, venue } = loaded.config.exchange;
      expect([venue, keys?.apiKey.reveal(), keys?.secret.reveal(), keys?.passphrase?.reveal()]).toEqual([
        ...['okx', OTHER.EXCHANGE_API_KEY, OTHER.EXCHANGE_SECRET_KEY, OTHER.EXCHANGE_PASSPHRASE],
      ]);
      expect(loaded.secrets.map((secret) => secret.reveal())).toEqual(
        expect.arrayContaining([OTHER.EXCHANGE_API_KEY, OTHER.EXCHANGE_SECRET_KEY, OTHER.EXCHANGE_PASSPHRASE]),
      );
    });

    it.each([
      [
        'without the permission',
        { EXPERIMENTAL_LIVE: '' },
        'EXPERIMENTAL_LIVE is not set: real money on okx is experimental',
      ],
      [
        'with that of another',
        { EXPERIMENTAL_LIVE: 'bybit' },
        'EXPERIMENTAL_LIVE is "bybit": real money on okx is experimental',
      ],
      [
        'on spot',
        { MARKET_TYPE: 'spot' },
        'MARKET_TYPE is "spot": of okx only perpetual swaps are traded with real money',
      ],
      ['without its keys', { EXCHANGE_SECRET_KEY: '' }, 'EXCHANGE_SECRET_KEY is not set: PAPER_TRADING=false needs it'],
      [
        'without the passphrase',
        { EXCHANGE_PASSPHRASE: '' },
        'EXCHANGE_PASSPHRASE is not set: PAPER_TRADING=false needs it',
      ],
      ['that nobody has tried', { EXCHANGE: 'kraken' }, 'EXCHANGE is "kraken": real money is not traded there'],
    ])('are refused %s', (_, changed, message) => {
      expect(messages({ readKeys: true, env: { ...OTHER, ...changed } })).toEqual([message]);
    });

    it('need no passphrase elsewhere', () => {
      const env = { ...OTHER, EXCHANGE: 'bybit', EXPERIMENTAL_LIVE: 'bybit', EXCHANGE_PASSPHRASE: '' };
      expect(load({ readKeys: true, env }).config.exchange.keys?.passphrase).toBeNull();
    });

    it('are not read with paper money, and it needs no permission', () => {
      const loaded = load({ readKeys: true, env: { ...OTHER, PAPER_TRADING: 'true', EXPERIMENTAL_LIVE: '' } });
      expect(loaded.config.exchange.keys).toBeNull();
      expect(sourceOf(loaded, 'EXCHANGE_SECRET_KEY')).toBe(' (not read)');
      expect(loaded.secrets).toEqual([]);
    });
  });

  it('may be an HMAC secret', () => {
    const { config } = load({ readKeys: true, env: LIVE });
    expect(config.exchange.keys?.algorithm).toBe('hmac');
    expect(config.exchange.keys?.apiKey.reveal()).toBe(API_KEY);
    expect(config.exchange.keys?.secret.reveal()).toBe(SECRET_KEY);
  });

  it.each(['ed25519', 'rsa'] as const)('may be the path of an %s private key', (algorithm) => {
    const path = join(temporaryFolder(), 'key.pem');
    const { privateKey } =
      algorithm === 'rsa' ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : generateKeyPairSync('ed25519');
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    writeFileSync(path, pem);
    const loaded = load({ readKeys: true, env: { ...LIVE, BINANCE_SECRET_KEY: path } });
    expect(loaded.config.exchange.keys?.algorithm).toBe(algorithm);
    expect(loaded.config.exchange.keys?.secret.reveal()).toBe(pem);
    expect(loaded.secrets.map((secret) => secret.reveal())).toContain(pem);
  });

  it('are refused with the reason when no key can be made of them', () => {
    const folder = temporaryFolder();
    const write = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    const encrypted = generateKeyPairSync('ed25519').privateKey.export({
      type: 'pkcs8',
      format: 'pem',
      cipher: 'aes-256-cbc',
      passphrase: 'x',
    });
    const elliptic = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
      type: 'pkcs8',
      format: 'pem',
    });
    const reasons: Record<string, string> = {
      [join(folder, 'none.pem')]: 'there is no such file',
      [write('text.pem', 'not a key')]: 'the file holds no private key in PEM form',
      [write('encrypted.pem', encrypted.toString())]: 'the key in the file is encrypted',
      [write('ec.pem', elliptic.toString())]: 'a key of the kind ec',
      [join(folder, 'key')]: 'a path that does not end in .pem',
      ['-----BEGIN_PRIVATE_KEY-----MC4CAQ']: 'a key in PEM form',
    };
    for (const [given, reason] of Object.entries(reasons)) {
      const [message = ''] = messages({ readKeys: true, env: { ...LIVE, BINANCE_SECRET_KEY: given } });
      expect(message).toMatch(/^BINANCE_SECRET_KEY is \*{4} \(\d+ characters\): /);
      expect(message).toContain(reason);
    }
  });
});

describe("the daemon's token", () => {
  it('is refused when it has the form of an exchange key', () => {
    for (const name of ['AITRADER_TOKEN', 'API_KEY']) {
      for (const key of [API_KEY, '7'.repeat(63) + 'A', 'Z'.repeat(64)]) {
        expect(messages({ env: { [name]: key } }).join()).toContain('it has the form of an exchange key');
      }
    }
    for (const token of ['0123456789abcdef'.repeat(4), 'A-long-password-1', 'Z'.repeat(63)]) {
      expect(messages({ env: { AITRADER_TOKEN: token } })).toEqual([]);
    }
  });

  it('is refused when it is one of the exchange keys', () => {
    const env = { ...LIVE, BINANCE_API_KEY: 'short-key-of-a-test', AITRADER_TOKEN: 'short-key-of-a-test' };
    expect(messages({ readKeys: true, env })).toEqual([
      'AITRADER_TOKEN is **** (19 characters): it is a key of the exchange account, which must not travel as a password',
    ]);
  });

  it('fits into an HTTP header', () => {
    expect(messages({ env: { AITRADER_TOKEN: 'two words' } }).join()).toContain('it holds a blank');
    expect(messages({ env: { AITRADER_TOKEN: 'pässword-of-mine' } }).join()).toContain('outside of ASCII');
  });
});
