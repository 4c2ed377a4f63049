import type { Command } from 'commander';

import type { Question } from '../../../frontends/control/client.ts';
import { askRunning } from '../verbs/ask-running.ts';
import type { RunVerb, VerbOptions } from '../verbs/run-options.ts';
import type { TraderFlags } from './settings.ts';

type Done = (exitCode: number) => void;

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/** The settings of a trader, under the names that they have in the API and everywhere else. */
function withSettings(command: Command): Command {
  return command
    .option('--name <name>', 'what it is called')
    .option('--every <when>', 'when it is checked: close, or a duration such as 15m')
    .option('--param <name=value>', 'a parameter of the filter; may be given more than once', collect)
    .option('--mode <mode>', 'auto trades, semi_auto asks first, signals only shows')
    .option('--size <amount>', 'of an entry, in the quote asset')
    .option('--size-pct <percent>', 'of equity')
    .option('--risk-pct <percent>', 'of equity, lost when the stop is hit')
    .option('--stop-loss <distance>', '2% or 2atr')
    .option('--take-profit <distances>', '1.5r,3r; with parts of the position 1.5r:0.5,3r:0.3')
    .option('--trailing <distance>', 'the stop follows the best price: 1% or 2atr')
    .option('--break-even <distance>', 'from where on the stop stands at the entry: 1r')
    .option('--max-hold <duration>', '12h')
    .option('--cooldown <duration>', 'no new signal on a symbol for so long: 30m')
    .option('--max-positions <number>', 'so many open at once')
    .option('--reverse', 'an opposite match turns the position')
    .option('--json', 'print JSON')
    .addHelpText('after', "\n--symbols LIST|top:N says what is checked. 'none' takes a setting away.");
}

/** `aitrader trader`, and `aitrader traders` for its list. */
export function addTraders(program: Command, done: Done, run: RunVerb = askRunning): void {
  const ask = (verb: Question['verb'], args: Question['args'], command: Command): Promise<number> =>
    run({ verb, args }, command.optsWithGlobals<VerbOptions>());
  const load = () => import('./add.ts');
  const trader = program
    .command('trader')
    .alias('traders')
    .description('filters put to work: list, add, set, show, pause, resume, remove')
    .helpCommand(false);

  trader
    .command('list', { isDefault: true })
    .description('all traders, and how far their matches came')
    .option('--json', 'print JSON')
    .action(async (_options, command: Command) => done(await ask('traders', {}, command)));
  withSettings(trader.command('add'))
    .description('put a filter to work')
    .argument('<filter>', 'a file, or the name of a filter')
    .action(async (filter: string, _options, command: Command) =>
      done(await (await load()).addTrader(filter, command.optsWithGlobals<TraderFlags & VerbOptions>(), run)),
    );
  withSettings(trader.command('set'))
    .description('change a trader; what is not named stays')
    .argument('<trader>', 'its name, its id or the end of it')
    .option('--no-reverse', 'an opposite match only closes the position')
    .option('--filter-exits', 'exits as the filter says again')
    .action(async (name: string, _options, command: Command) =>
      done(await (await load()).setTrader(name, command.optsWithGlobals<TraderFlags & VerbOptions>(), run)),
    );
  for (const [verb, about] of [
    ['show', 'everything about a trader'],
    ['pause', 'let it open nothing new; its positions stay guarded'],
    ['resume', 'let it trade again'],
    ['remove', 'take it out of work; its history stays'],
  ] as const) {
    trader
      .command(verb)
      .description(about)
      .argument('<trader>', 'its name, its id or the end of it')
      .option('--json', 'print JSON')
      .action(async (name: string, _options, command: Command) =>
        done(await ask(`trader.${verb}`, { trader: name }, command)),
      );
  }
}
