import { loadConfig } from '../../config/load.ts';
import type { LoadedConfig } from '../../config/load.ts';
import type { ProgramOptions } from './program-options.ts';

/**
 * The configuration of this run, flags included.
 * @throws AggregateError of one `AitraderError` for each wrong setting
 */
export function loadSettings(options: ProgramOptions): LoadedConfig {
  const paperFlag = options.sim === true ? '--sim' : options.paper === true ? '--paper' : null;
  const loaded = loadConfig({
    readKeys: paperFlag === null,
    configFile: options.config,
    flags: {
      AITRADER_HOME: options.dataDir === undefined ? undefined : { flag: '--data-dir', value: options.dataDir },
      SYMBOLS: options.symbols === undefined ? undefined : { flag: '--symbols', value: symbolsText(options.symbols) },
      PAPER_TRADING: paperFlag === null ? undefined : { flag: paperFlag, value: 'true' },
    },
  });
  if (!loaded.ok) throw new AggregateError(loaded.error, 'the configuration has faults');
  return loaded.value;
}

/** `--symbols 20` means the twenty most traded. */
function symbolsText(given: string): string {
  return /^\d+$/.test(given) ? `top:${given}` : given;
}
