import { Option } from 'commander';
import type { Command } from 'commander';

import type { RecordOptions } from '../record/record.ts';

/**
 * `aitrader record`. The recorder is loaded when it is called.
 * @param done takes the exit code of the recording
 */
export function addRecord(program: Command, done: (exitCode: number) => void): void {
  program
    .command('record')
    .description("record Binance's market data as a tape for the simulated exchange")
    .addOption(new Option('--market <market>', 'what to record (default: MARKET_TYPE)').choices(['spot', 'futures']))
    .option('--out <dir>', 'write the tape here (default: tapes in the data folder)')
    .option('--rotate-mb <number>', 'begin another file when one has grown to this (default: 256)')
    .addHelpText(
      'after',
      '\n--symbols LIST|N, --for DURATION and --summary json hold here too. `aitrader sim --tape FILE...` plays the files.',
    )
    .action(async (_options, command: Command) =>
      done(await (await import('../record/record.ts')).runRecord(command.optsWithGlobals<RecordOptions>())),
    );
}
