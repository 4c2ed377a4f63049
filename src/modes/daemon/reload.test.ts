import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { loadConfig } from '../../config/load.ts';
import type { LoadedConfig } from '../../config/load.ts';
import { silentLogger } from '../../testkit/silent-logger.ts';
import { AdjustableSettings } from '../desk/adjustable-settings.ts';
import { createReload } from './reload.ts';

function desk(configEnv: string) {
  const folder = mkdtempSync(join(tmpdir(), 'aitrader-reload-'));
  const lines: string[] = [];
  const say = (message: string) => void lines.push(message);
  const write = (text: string) => writeFileSync(join(folder, 'config.env'), text, { mode: 0o600 });
  const read = (): LoadedConfig => {
    const loaded = loadConfig({ readKeys: false, env: { AITRADER_HOME: folder } });
    if (!loaded.ok) throw new AggregateError(loaded.error);
    return loaded.value;
  };
  write(configEnv);
  const loaded = read();
  const settings = new AdjustableSettings(loaded.config);
  const logger = { ...silentLogger, info: say, warn: say, error: say };
  const changes: string[] = [];
  const reload = createReload({
    ...{ logger, loaded, read },
    adopt: ({ config }) => settings.adopt(config),
    changed: (name, { from, to }) => changes.push(`${name}: ${from} -> ${to}`),
  });
  return { write, reload, settings, lines, changes };
}

const FUTURES = 'MARKET_TYPE=futures\nLEVERAGE=3\n';

describe('reading the configuration again', () => {
  it('takes over limits, sizes, stops and meme symbols for the next decision', () => {
    const { write, reload, settings, lines, changes } = desk('MAX_OPEN_POSITIONS=5\n');
    write(
      'MAX_OPEN_POSITIONS=7\nDEFAULT_SIZE=250\nMEME_SYMBOLS=DOGEUSDT\nENABLE_AUTO_TRADING=false\nDEFAULT_STOP=3%\n',
    );
    reload();
    expect(settings.limits.maxOpenPositions).toBe(7);
    expect(settings.defaultSize.toFixed()).toBe('250');
    expect([...settings.memeSymbols]).toEqual(['DOGEUSDT']);
    expect(settings.mayTrade).toBe(false);
    expect(settings.defaultStop).toMatchObject({ kind: 'percent' });
    expect(lines.join()).toMatch(/changed: .*MAX_OPEN_POSITIONS/);
    expect(changes.toSorted()).toEqual([
      ...['DEFAULT_SIZE: 100 -> 250', 'DEFAULT_STOP: 2atr -> 3%', 'ENABLE_AUTO_TRADING: true -> false'],
      ...['MAX_OPEN_POSITIONS: 5 -> 7', 'MEME_SYMBOLS: not set -> DOGEUSDT'],
    ]);
    reload();
    expect(lines.at(-1)).toMatch(/nothing has changed/);
  });

  it('names what needs a restart, each time until it is restarted or taken back', () => {
    const { write, reload, settings, lines } = desk(FUTURES);
    write(FUTURES.replace('3', '5'));
    for (let time = 0; time < 2; time += 1) {
      reload();
      expect(lines.at(-1)).toBe('changed too, but held until a restart: LEVERAGE');
      expect(settings.limits.maxLeverage).toBe(3);
    }
    write(FUTURES);
    reload();
    expect(lines.at(-1)).not.toMatch(/LEVERAGE/);
  });

  it('changes nothing when the configuration has a fault, and says which', () => {
    const { write, reload, settings, lines } = desk('MAX_OPEN_POSITIONS=5\n');
    write('MAX_OPEN_POSITIONS=7\nCOOLDOWN=soon\n');
    reload();
    expect(settings.limits.maxOpenPositions).toBe(5);
    expect(lines.at(-1)).toMatch(/not read again: COOLDOWN/);
    write('MAX_OPEN_POSITIONS=7\n');
    reload();
    expect(settings.limits.maxOpenPositions).toBe(7);
  });
});
