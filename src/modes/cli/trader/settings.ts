import { AitraderError } from '../../../domain/errors.ts';
import type { ProgramOptions } from '../program-options.ts';

/** The flags of `trader add` and `trader set`, as commander gives them. `none` takes a setting away. */
export interface TraderFlags extends ProgramOptions {
  readonly name?: string;
  readonly every?: string;
  readonly param?: readonly string[];
  readonly mode?: string;
  readonly size?: string;
  readonly sizePct?: string;
  readonly riskPct?: string;
  readonly stopLoss?: string;
  readonly takeProfit?: string;
  readonly trailing?: string;
  readonly breakEven?: string;
  readonly maxHold?: string;
  readonly filterExits?: true;
  readonly cooldown?: string;
  readonly maxPositions?: string;
  readonly reverse?: boolean;
}

type Json = Readonly<Record<string, unknown>>;

function usage(problem: string, hint: string): AitraderError {
  return new AitraderError('USAGE', { problem, hint });
}

/** Without what was not given. */
function present(fields: Json): Json {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

const NONE = 'none';

function orNone(text: string | undefined): string | null | undefined {
  return text?.toLowerCase() === NONE ? null : text;
}

function words(text: string): string[] {
  return text.split(/[\s,]+/).filter((word) => word !== '');
}

/** `BTCUSDT,ETHUSDT`, `top:10` or `10`. */
function symbolsOf(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  const [, count] = /^(?:top:)?(\d+)$/i.exec(text.trim()) ?? [];
  return count === undefined ? words(text) : { top: Number(count) };
}

function paramsOf(given: readonly string[] | undefined): Json | undefined {
  if (given === undefined) return undefined;
  return Object.fromEntries(
    given.map((text) => {
      const at = text.indexOf('=');
      if (at < 1) throw usage(`--param ${text} has no name and value`, 'Write --param period=21.');
      return [text.slice(0, at).trim(), text.slice(at + 1).trim()];
    }),
  );
}

function sizeOf({ size, sizePct, riskPct }: TraderFlags): Json | undefined {
  const given = present({ quote: size, pct: sizePct, riskPct });
  if (Object.keys(given).length < 2) return (size ?? sizePct ?? riskPct) ? given : undefined;
  throw usage('--size, --size-pct and --risk-pct exclude each other', 'Give one of them.');
}

/** `1.5r,3r`, each with its part if wanted: `1.5r:0.5`. */
function targetsOf(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  if (text.toLowerCase() === NONE) return [];
  return words(text).map((target) => {
    const [at = '', part] = target.split(':');
    return part === undefined ? at : { at, part };
  });
}

function exitsOf(flags: TraderFlags): Json | null | undefined {
  const given = present({
    stopLoss: orNone(flags.stopLoss),
    takeProfit: targetsOf(flags.takeProfit),
    trailing: orNone(flags.trailing),
    breakEven: orNone(flags.breakEven),
    maxHold: orNone(flags.maxHold),
  });
  const isEmpty = Object.keys(given).length === 0;
  if (flags.filterExits === true && !isEmpty) {
    throw usage('--filter-exits beside other exits', 'Give the exits, or leave them to the filter.');
  }
  if (flags.filterExits === true) return null;
  return isEmpty ? undefined : given;
}

function countOf(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  if (text.toLowerCase() === NONE) return null;
  return /^\d+$/.test(text) ? Number(text) : text;
}

/**
 * The settings that flags ask for, in the API's form; they are judged where they are used.
 * @throws AitraderError `USAGE` for what has no form at all
 */
export function settingsOf(flags: TraderFlags): Json {
  return present({
    name: flags.name,
    symbols: symbolsOf(flags.symbols),
    every: orNone(flags.every),
    params: paramsOf(flags.param),
    mode: flags.mode,
    size: sizeOf(flags),
    exits: exitsOf(flags),
    maxPositions: countOf(flags.maxPositions),
    cooldown: orNone(flags.cooldown),
    reverse: flags.reverse,
  });
}
