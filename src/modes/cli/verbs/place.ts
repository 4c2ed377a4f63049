import type { Config } from '../../../config/config.ts';
import { loadConfig } from '../../../config/load.ts';
import type { MoneyKind } from '../../../domain/account.ts';
import { databasePath } from '../../desk/database-path.ts';
import type { ProgramOptions } from '../program-options.ts';

/** Where a verb looks: the data folder of a running aitrader, and the database that one left. */
export interface Place {
  readonly config: Config;
  readonly dataDir: string;
  /** Which database is read while nothing runs. */
  readonly money: MoneyKind;
  readonly database: string;
}

/**
 * The place that flags, environment and config.env name. Exchange keys are not looked at: a verb has no use for them.
 * @throws AggregateError of one `AitraderError` for each wrong setting
 */
export function placeOf(options: ProgramOptions): Place {
  const paperFlag = options.sim === true ? '--sim' : options.paper === true ? '--paper' : null;
  const loaded = loadConfig({
    readKeys: false,
    configFile: options.config,
    flags: {
      AITRADER_HOME: options.dataDir === undefined ? undefined : { flag: '--data-dir', value: options.dataDir },
      PAPER_TRADING: paperFlag === null ? undefined : { flag: paperFlag, value: 'true' },
    },
  });
  if (!loaded.ok) throw new AggregateError(loaded.error, 'the configuration has faults');
  const { config } = loaded.value;
  const { dataDir, exchange } = config;
  const money = options.sim === true ? 'sim' : exchange.paperTrading ? 'paper' : 'live';
  return { config, dataDir, money, database: databasePath(config, dataDir, money) };
}
