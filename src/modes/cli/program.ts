import { Command, InvalidArgumentError, Option } from 'commander';
import type { CommanderError } from 'commander';

import { AitraderError } from '../../domain/errors.ts';
import { parseDuration } from '../../domain/time.ts';
import { nearest } from '../../lib/nearest.ts';
import type { SimCommand } from '../sim.ts';
import { addCompletion } from './completion/command.ts';
import { addDoctor } from './doctor/command.ts';
import { addFilter } from './filter/commands.ts';
import type { ProgramOptions } from './program-options.ts';
import { addRecord } from './record-command.ts';
import { addTraders } from './trader/commands.ts';
import { addVerbs } from './verbs/commands.ts';

export type { ProgramOptions } from './program-options.ts';

/** What the verbs do. Each is loaded when it is called: `--help` must not wait for any of them. */
export interface Actions {
  run(options: ProgramOptions): Promise<number>;
  configCheck(options: ProgramOptions, json: boolean): Promise<number>;
  sim(command: SimCommand): Promise<number>;
  helpTopic(topic: string): Promise<number>;
}

function duration(text: string): number {
  try {
    return parseDuration(text);
  } catch {
    throw new InvalidArgumentError('Write a whole number and a unit: 30s, 5m, 4h.');
  }
}

/**
 * The command line. Parsing it calls one of `actions` and hands its exit code to `done`.
 * @param done takes the exit code of the action that ran
 */
export function buildProgram(actions: Actions, done: (exitCode: number) => void): Command {
  const program = new Command('aitrader')
    .description('An AI trading desk in one executable: filters find signals, risk rules judge them, orders follow.')
    .option('--daemon', 'run headless (also: aitrader daemon)')
    .option('--deploy', 'put the daemon on Fly.io (not in this version)')
    .option('--monitor <url>', "show a remote daemon's desk here")
    .option('--sim', 'trade a simulated market: no keys, no network, no real money')
    .option('--keep', 'with --sim: go on with the last simulation instead of starting fresh')
    .option('--speed <factor>', 'with --sim: market time against real time, or max (default: 60)')
    .option('--seed <number>', 'with --sim: what the market is drawn from (default: 1)')
    .option('--tape <file...>', 'with --sim: play recorded data instead of a synthetic market')
    .option('--paper', 'paper money, whatever the configuration says')
    .option('--take-over', 'real money: take the account over from an aitrader that has ended for good')
    .option('--no-tui', 'no screen, log lines on stderr')
    .addOption(new Option('--for <duration>', 'end after this long (30s, 5m)').argParser(duration))
    .addOption(new Option('--summary <form>', 'print a summary on stdout at the end').choices(['json']))
    .option('--symbols <list>', 'symbols to trade (BTCUSDT,ETHUSDT), or how many of the most traded')
    .option('--config <file>', 'read this file instead of config.env in the data folder')
    .option('--data-dir <dir>', 'keep data here (default: AITRADER_HOME, else ~/.aitrader)')
    .option('-V, --version', 'print the version; stands alone')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .showHelpAfterError(false)
    .configureOutput({ outputError: () => undefined, writeErr: () => undefined })
    .exitOverride()
    .action(async (_options, command: Command) => done(await actions.run(command.optsWithGlobals<ProgramOptions>())));

  addModes(program, actions, done);
  addSim(program, actions, done);
  addRecord(program, done);
  addConfig(program, actions, done);
  addDoctor(program, done);
  addFilter(program, done);
  addTraders(program, done);
  addVerbs(program, done);
  addCompletion(program, done);
  program
    .command('help')
    .description('explain a topic: concepts')
    .argument('[topic]', 'concepts')
    .action(async (topic: string | undefined) => {
      if (topic === undefined) program.outputHelp();
      done(topic === undefined ? 0 : await actions.helpTopic(topic));
    });
  return program;
}

/** `aitrader daemon` says the same as `aitrader --daemon`. */
function addModes(program: Command, actions: Actions, done: (exitCode: number) => void): void {
  for (const mode of ['daemon', 'deploy'] as const) {
    program
      .command(mode)
      .description(`the same as --${mode}`)
      .action(async (_options, command: Command) =>
        done(await actions.run({ ...command.optsWithGlobals<ProgramOptions>(), [mode]: true })),
      );
  }
  program
    .command('monitor')
    .description('the same as --monitor URL')
    .argument('<url>', 'address of the daemon')
    .action(async (url: string, _options, command: Command) =>
      done(await actions.run({ ...command.optsWithGlobals<ProgramOptions>(), monitor: url })),
    );
}

/** `aitrader sim`: the exchange alone, for programs that speak to it. */
function addSim(program: Command, actions: Actions, done: (exitCode: number) => void): void {
  program
    .command('sim')
    .description('run the simulated exchange: Binance spot and USD-M futures on this machine')
    .option('--port <number>', 'listen here (default: a free port)')
    .option('--tape <file...>', 'play recorded data or candle files instead of a synthetic market')
    .option('--speed <factor>', 'market time against real time, or max (default: 1)')
    .option('--seed <number>', 'the synthetic market, keys and faults are drawn from it (default: 1)')
    .option('--balance <amounts>', 'what the account begins with (default: USDT=10000)')
    .option('--api-key <key>', "the account's key (default: drawn from the seed)")
    .option('--api-secret <secret>', 'its secret')
    .option('--account <state>', 'plain, lived-in, or a JSON file with a start state (default: plain)')
    .option('--faults <file>', 'a script of faults')
    .option('--paused', 'market time stands still until POST /sim/clock lets it run')
    .addHelpText('after', '\n--symbols LIST|N and --for DURATION hold here too. docs/simulated-exchange.md says more.')
    .action(async (_options, command: Command) => done(await actions.sim(command.optsWithGlobals<SimCommand>())));
}

function addConfig(program: Command, actions: Actions, done: (exitCode: number) => void): void {
  program
    .command('config')
    .description('look at the configuration')
    .helpCommand(false)
    .command('check')
    .description('print every setting with its value and where it comes from')
    .option('--json', 'print JSON')
    .action(async (options: { json?: true }, command: Command) =>
      done(await actions.configCheck(command.optsWithGlobals<ProgramOptions>(), options.json === true)),
    );
}

/** The verbs that could stand where one was expected, and the flags of the command that was being parsed. */
function knownWords(program: Command, noun: string): string[] {
  const parsed = program.commands.find((command) => command.name() === noun || command.aliases().includes(noun));
  const withFlags = parsed === undefined ? [program] : [program, parsed, ...parsed.commands];
  return [
    ...(parsed ?? program).commands.map((command) => command.name()),
    ...withFlags.flatMap(({ options }) => options.flatMap(({ long }) => long ?? [])),
  ];
}

/** The word that commander could not place, when that is what is wrong. */
function misplacedWord(failure: CommanderError): string | undefined {
  if (failure.code === 'commander.excessArguments') return /got \d+: ([^,]+?)(?:,.*)?\.$/.exec(failure.message)?.[1];
  return /^error: unknown (?:option|command) '([^']+)'/.exec(failure.message)?.[1];
}

/**
 * A fault of the command line in our own words.
 * @returns null when commander only printed what was asked for (help)
 */
export function usageError(failure: CommanderError, program: Command): AitraderError | null {
  if (failure.exitCode === 0) return null;
  const [noun = ''] = program.args;
  if (failure.code === 'commander.help') {
    const verbs = program.commands.find((command) => command.name() === noun)?.commands ?? [];
    const names = verbs.map((verb) => `aitrader ${noun} ${verb.name()}`);
    return new AitraderError('USAGE', { problem: `${noun} needs a verb`, hint: `One of: ${names.join(', ')}` });
  }
  const word = misplacedWord(failure);
  const isUnknownVerb = failure.code === 'commander.excessArguments' && word === noun;
  const [line = ''] = failure.message.replace(/^error: /, '').split('\n');
  const near = word === undefined ? [] : nearest(word, [...new Set(knownWords(program, noun))]);
  const hint = near.length > 0 ? `Did you mean ${near.join(' or ')}?` : 'See `aitrader --help`.';
  return new AitraderError('USAGE', { problem: isUnknownVerb ? `unknown command '${noun}'` : line, hint });
}
