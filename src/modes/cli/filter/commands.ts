import type { Command } from 'commander';

import type { ProgramOptions } from '../program-options.ts';
import type { RunOptions } from './run.ts';

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/**
 * `aitrader filter`. Each verb is loaded when it is called.
 * @param done takes the exit code of the verb that ran
 */
export function addFilter(program: Command, done: (exitCode: number) => void): void {
  const filter = program
    .command('filter')
    .alias('filters')
    .description('write and test filters: the code that says when to enter')
    .helpCommand(false);
  const json = 'print JSON';

  filter
    .command('list')
    .description('the filters there are, and whether they load')
    .option('--json', json)
    .action(async (_options, command: Command) => {
      const options = command.optsWithGlobals<ProgramOptions & { json?: true }>();
      done(await (await import('./list.ts')).listFilters(options, options.json === true));
    });
  filter
    .command('check')
    .description('find what is wrong with a filter: syntax, limits, hidden state, look-ahead, too little history')
    .argument('<file>', 'a file, or the name of a filter')
    .option('--json', json)
    .action(async (file: string, _options, command: Command) => {
      const options = command.optsWithGlobals<ProgramOptions & { json?: true }>();
      done(await (await import('./check.ts')).checkFilter(file, options, options.json === true));
    });
  filter
    .command('run')
    .description('run a filter over candle files and print what it finds')
    .argument('<file>', 'a file, or the name of a filter')
    .requiredOption('--candles <file>', 'CSV, JSON or Parquet candles; once for each symbol', collect)
    .requiredOption('--timeframe <timeframe>', "the candles' own: 1m, 5m, 1h")
    .option('--symbol <symbol>', "the candles' symbol (default: by the file's name)")
    .option('--param <name=value>', 'set a parameter of the filter; may be given more than once', collect)
    .option('--json', json)
    .action(async (file: string, _options, command: Command) =>
      done(await (await import('./run.ts')).runFilter(file, command.optsWithGlobals<RunOptions>())),
    );
  filter
    .command('new')
    .description('write a commented template into the data folder')
    .argument('<name>', 'what the filter is called: dip-buyer')
    .option('--json', json)
    .action(async (name: string, _options, command: Command) => {
      const options = command.optsWithGlobals<ProgramOptions & { json?: true }>();
      done(await (await import('./new.ts')).newFilter(name, options, options.json === true));
    });
  filter
    .command('guide')
    .description('the whole contract of filters as one text, for a language model or a person')
    .action(async () => done(await (await import('./guide.ts')).printGuide()));
}
