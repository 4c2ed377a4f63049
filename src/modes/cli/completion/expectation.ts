import type { Argument, Command, Option } from 'commander';

/** What may stand somewhere on the command line. */
export interface Offer {
  readonly word: string;
  readonly about: string;
}

/** A value that is wanted: what it is called in the help (`file`, `trader`), and the option or command that wants it. */
export interface WantedValue {
  readonly name: string;
  readonly owner: string;
}

/** What belongs where the cursor is. */
export interface Expectation {
  /** Verbs and options, or the few values that there are. */
  readonly offers: readonly Offer[];
  readonly value: WantedValue | null;
  /** The part of the word that is typed already and is not touched: `--mode=`, `BTCUSDT,`. */
  readonly kept: string;
  /** What the offers have to begin with. */
  readonly typed: string;
}

/** Where the words before the cursor have led. */
interface Path {
  readonly command: Command;
  /** How many arguments of the command are given. */
  readonly given: number;
  /** The option whose value comes next; null when none is open. */
  readonly open: Option | null;
  readonly used: ReadonlySet<Option>;
  /** After `--` nothing is an option. */
  readonly isOver: boolean;
}

/** The options that hold at a command: its own and those of the commands above it. */
function optionsAt(command: Command): readonly Option[] {
  const own = command.createHelp().visibleOptions(command);
  return command.parent === null ? own : [...own, ...optionsAt(command.parent)];
}

function optionNamed(command: Command, word: string): Option | undefined {
  return optionsAt(command).find(({ long, short }) => word === long || word === short);
}

function takesValue({ required, optional }: Option): boolean {
  return required || optional;
}

function step(path: Path, word: string): Path {
  const { command, open, used, isOver, given } = path;
  // bash makes three words of `--mode=auto`.
  if (word === '=' && open !== null) return path;
  const isOption = word.startsWith('-') && word !== '-' && !isOver;
  if (open !== null && !isOption) return open.variadic ? path : { ...path, open: null };
  if (word === '--' && !isOver) return { ...path, open: null, isOver: true };
  if (isOption) {
    const [name = ''] = word.split('=', 1);
    const option = optionNamed(command, name);
    if (option === undefined) return { ...path, open: null };
    const isOpen = takesValue(option) && name === word;
    return { ...path, used: new Set([...used, option]), open: isOpen ? option : null };
  }
  const verb =
    given === 0 ? command.commands.find((each) => each.name() === word || each.aliases().includes(word)) : null;
  if (verb !== undefined && verb !== null) return { ...path, command: verb, given: 0 };
  return { ...path, given: given + 1 };
}

/** `dir` of `--data-dir <dir>`. */
function valueName({ flags }: Option): string {
  return /[<[]([\w-]+)/.exec(flags)?.[1] ?? '';
}

function choicesOf({ argChoices, description }: Option | Argument): readonly Offer[] {
  return (argChoices ?? []).map((word) => ({ word, about: description }));
}

function valueExpected(option: Option, typed: string, kept = ''): Expectation {
  const owner = option.long ?? option.flags;
  return { offers: choicesOf(option), value: { name: valueName(option), owner }, kept, typed };
}

function optionOffers({ command, used }: Path): readonly Offer[] {
  return optionsAt(command)
    .filter((option) => !used.has(option) || option.variadic || option.parseArg !== undefined)
    .map(({ long, short, description }) => ({ word: long ?? short ?? '', about: description }));
}

function pathOf(command: Command): string {
  return command.parent === null ? '' : `${pathOf(command.parent)} ${command.name()}`.trimStart();
}

/**
 * What may stand where the cursor is.
 * @param words what stands behind the program's name, up to the cursor; the last one is being typed and may be empty
 */
export function expectationAt(program: Command, words: readonly string[]): Expectation {
  const before = words.slice(0, -1);
  const last = words.at(-1) ?? '';
  const path = before.reduce<Path>(step, {
    command: program,
    given: 0,
    open: null,
    used: new Set<Option>(),
    isOver: false,
  });
  const { command, open, given, isOver } = path;
  if (open !== null && !last.startsWith('-')) return valueExpected(open, last === '=' ? '' : last);
  if (last.startsWith('-') && !isOver) {
    const [name = '', ...typed] = last.split('=');
    const option = optionNamed(command, name);
    if (typed.length > 0 && option !== undefined) return valueExpected(option, typed.join('='), `${name}=`);
    return { offers: optionOffers(path), value: null, kept: '', typed: last };
  }
  const visible = given === 0 ? command.createHelp().visibleCommands(command) : [];
  const verbs = visible.map((each) => ({ word: each.name(), about: each.description() }));
  const known = command.registeredArguments;
  const argument = known[given] ?? (known.at(-1)?.variadic === true ? known.at(-1) : undefined);
  if (argument === undefined) return { offers: verbs, value: null, kept: '', typed: last };
  const value = { name: argument.name(), owner: pathOf(command) };
  return { offers: [...verbs, ...choicesOf(argument)], value, kept: '', typed: last };
}
