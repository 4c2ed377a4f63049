import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';

import type { Question } from '../../../frontends/control/client.ts';
import type { LogsOptions } from './logs.ts';
import { askRunning } from './ask-running.ts';
import type { RunVerb, VerbOptions } from './run-options.ts';

type Done = (exitCode: number) => void;
type Args = Question['args'];
type Ask = (verb: Question['verb'], args: Args, command: Command) => Promise<number>;

/** Without the arguments that were not given. */
function asker(run: RunVerb): Ask {
  return (verb, args, command) => {
    const given = Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined));
    return run({ verb, args: given }, command.optsWithGlobals<VerbOptions>());
  };
}

function wholeNumber(text: string): number {
  if (/^\d{1,7}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Give a whole number.');
}

function withJson(command: Command): Command {
  return command.option('--json', 'print JSON');
}

function withFollow(command: Command): Command {
  return command.option('-f, --follow', 'go on with what changes (with --json: one JSON a line)');
}

function withPage(command: Command): Command {
  return command
    .addOption(new Option('--limit <number>', 'show so many, the newest (default: 50)').argParser(wholeNumber))
    .option('--before <id>', 'the page before this entry');
}

interface ListOptions {
  readonly limit?: number;
  readonly before?: string;
  readonly all?: true;
}

const LISTS = [
  { verb: 'signals', alias: 'signal', about: 'what filters found, and what became of it', all: null },
  { verb: 'orders', alias: 'order', about: 'orders that work at the exchange', all: 'also those that have ended' },
  { verb: 'positions', alias: 'position', about: 'what is held open', all: 'also those that are closed' },
  { verb: 'trades', alias: 'trade', about: 'closed positions with their profit', all: null },
  { verb: 'journal', alias: 'journals', about: 'what is said of each trade after it', all: null },
] as const;

function addReadingVerbs(program: Command, done: Done, ask: Ask): void {
  withFollow(withJson(program.command('status')))
    .description('the desk at a glance')
    .action(async (_options, command: Command) => done(await ask('status', {}, command)));
  for (const { verb, alias, about, all } of LISTS) {
    const command = withPage(withFollow(withJson(program.command(verb).alias(alias).description(about))));
    if (all !== null) command.option('-a, --all', all);
    command.action(async ({ limit, before, all: whole }: ListOptions) =>
      done(await ask(verb, { limit, before, all: whole }, command)),
    );
  }
  withJson(program.command('stats').alias('stat'))
    .description('what was won and lost, by trader, symbol, reason or day')
    .option('--by <what>', 'trader, symbol, reason or day (default: trader)')
    .action(async ({ by }: { by?: string }, command: Command) => done(await ask('stats', { by }, command)));
  withJson(program.command('balance').alias('balances'))
    .description('what the account holds')
    .action(async (_options, command: Command) => done(await ask('balance', {}, command)));
}

const REASON = ['--reason <text>', 'why, for journal and audit'] as const;

function addActingVerbs(program: Command, done: Done, ask: Ask): void {
  withJson(program.command('pause'))
    .description('open nothing new; positions stay guarded')
    .option(...REASON)
    .action(async ({ reason }: { reason?: string }, command: Command) => done(await ask('pause', { reason }, command)));
  withJson(program.command('resume'))
    .description('allow opening again')
    .action(async (_options, command: Command) => done(await ask('resume', {}, command)));
  withJson(program.command('kill'))
    .description('pause, cancel own entries and close every position')
    .option('--keep-positions', 'close nothing')
    .option(...REASON)
    .action(async ({ keepPositions, reason }: { keepPositions?: true; reason?: string }, command: Command) =>
      done(await ask('kill', { keepPositions, reason }, command)),
    );
  withJson(program.command('close'))
    .description('close a position, or a part of it')
    .argument('<id>', 'its id, the end of it, or its symbol')
    .option('--fraction <share>', 'so much of it: 0.5 or 50% (default: all)')
    .action(async (id: string, { fraction }: { fraction?: string }, command: Command) =>
      done(await ask('close', { id, fraction }, command)),
    );
  withJson(program.command('cancel'))
    .description('cancel an order')
    .argument('<id>', 'its id, or the end of it')
    .action(async (id: string, _options, command: Command) => done(await ask('cancel', { id }, command)));
  withJson(program.command('approve'))
    .description('let a signal of a semi_auto trader be traded')
    .argument('<id>', 'its id, or the end of it')
    .action(async (id: string, _options, command: Command) => done(await ask('approve', { id }, command)));
  withJson(program.command('reject'))
    .description('drop a signal')
    .argument('<id>', 'its id, or the end of it')
    .option(...REASON)
    .action(async (id: string, { reason }: { reason?: string }, command: Command) =>
      done(await ask('reject', { id, reason }, command)),
    );
  withJson(program.command('stop'))
    .description('end the running aitrader in good order')
    .action(async (_options, command: Command) => done(await ask('stop', {}, command)));
}

/** The log is read from its files, by whoever asks. */
function addLogs(program: Command, done: Done): void {
  withFollow(withJson(program.command('logs').alias('log')))
    .description('the end of the log')
    .addOption(new Option('-n, --lines <number>', 'so many lines').argParser(wholeNumber).default(50))
    .action(async (_options, command: Command) =>
      done(await (await import('./logs.ts')).printLogs(command.optsWithGlobals<LogsOptions>())),
    );
}

/** The verbs that can be asked of a desk, wherever it is. */
export function addDeskVerbs(program: Command, done: Done, run: RunVerb): void {
  const ask = asker(run);
  addReadingVerbs(program, done, ask);
  addActingVerbs(program, done, ask);
}

/** The verbs that speak to the running aitrader, or look at what the last one stored. */
export function addVerbs(program: Command, done: Done): void {
  addDeskVerbs(program, done, askRunning);
  addLogs(program, done);
}
