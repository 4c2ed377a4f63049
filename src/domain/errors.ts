import { ACCOUNT_REFUSALS } from './account-refusals.ts';
import { REQUEST_REFUSALS } from './request-refusals.ts';
import { TRADE_REFUSALS } from './trade-refusals.ts';

/** Who can mend it: the person (input, configuration, a limit that did its work) or the system (program, disk, venue). */
export type Fault = 'user' | 'system';

interface CatalogueEntry {
  readonly fault: Fault;
  /** What was wrong and what was given; `{name}` is replaced from the error's context. */
  readonly message: string;
  /** What to do about it. */
  readonly hint: string;
}

/**
 * Every error and refusal of the program under its stable code. Codes are part of the API and of the journal: a code is
 * never renamed or reused, only added.
 */
const CATALOGUE = {
  // Values
  DECIMAL_INVALID: {
    fault: 'user',
    message: '"{given}" is not a plain decimal number',
    hint: 'Write digits with at most one decimal point, such as 12.50; no exponent, no thousands separator.',
  },
  PRICE_INVALID: { fault: 'user', message: 'a price of {given}', hint: 'Prices are finite and above zero.' },
  QUANTITY_INVALID: {
    fault: 'user',
    message: 'a quantity of {given}',
    hint: 'Quantities are not negative; the side (buy, sell) gives the direction.',
  },
  DURATION_INVALID: {
    fault: 'user',
    message: '"{given}" is not a duration',
    hint: 'Write a whole number and a unit: 30s, 5m, 4h, 1d, 2w.',
  },
  LEVEL_INVALID: {
    fault: 'user',
    message: '"{given}" is not a price level',
    hint: "Write a price (64250.5) or a distance from the fill: '2%', '2atr', '1.5r'.",
  },
  SYMBOL_UNKNOWN: {
    fault: 'user',
    message: 'no symbol {given} on the {market} market',
    hint: 'Nearest: {nearest}.',
  },

  // Exchange rules
  PRICE_OFF_TICK: {
    fault: 'user',
    message: '{symbol}: the price {given} is no multiple of the tick {allowed}',
    hint: 'Round the price to the tick.',
  },
  PRICE_OUT_OF_RANGE: {
    fault: 'user',
    message: '{symbol}: the price {given} lies outside {allowed}',
    hint: 'Choose a price inside the range that the exchange accepts now.',
  },
  QUANTITY_OFF_STEP: {
    fault: 'user',
    message: '{symbol}: the quantity {given} is no multiple of the step {allowed}',
    hint: 'Round the quantity down to the step.',
  },
  QUANTITY_OUT_OF_RANGE: {
    fault: 'user',
    message: '{symbol}: the quantity {given} lies outside {allowed}',
    hint: 'Change the size, or split the order.',
  },
  NOTIONAL_OUT_OF_RANGE: {
    fault: 'user',
    message: '{symbol}: the order is worth {given}, the exchange takes {allowed}',
    hint: 'Change the size of the order.',
  },
  TOO_MANY_ORDERS: {
    fault: 'user',
    message: '{symbol}: {given} working orders, the exchange allows {allowed}',
    hint: 'Cancel orders that are no longer needed.',
  },
  TRAILING_OUT_OF_RANGE: {
    fault: 'user',
    message: '{symbol}: a trailing distance of {given} lies outside {allowed}',
    hint: 'Choose a distance inside the range; wider ones are guarded by the program itself.',
  },
  SYMBOL_NOT_TRADING: {
    fault: 'user',
    message: '{symbol} is {given} at the exchange, not trading',
    hint: 'Wait, or choose another symbol. Open positions stay guarded.',
  },

  // Orders and positions
  ORDER_TRANSITION_ILLEGAL: {
    fault: 'system',
    message: 'order {order} is {status} and cannot take "{update}"',
    hint: 'The books and the venue disagree; reconciliation asks the venue.',
  },
  ORDER_OVERFILLED: {
    fault: 'system',
    message: 'order {order} over {quantity} would be filled {given}',
    hint: 'The books and the venue disagree; reconciliation asks the venue.',
  },
  FILL_MISMATCH: {
    fault: 'system',
    message: 'a fill of {given} does not belong to order {order}, which is {expected}',
    hint: 'The books and the venue disagree; reconciliation asks the venue.',
  },
  SIGNAL_TRANSITION_ILLEGAL: {
    fault: 'user',
    message: 'signal {signal} is {status} and cannot become {given}',
    hint: 'Somebody else decided about it first; look at it again.',
  },
  POSITION_MISMATCH: {
    fault: 'system',
    message: 'the position in {symbol} cannot take {given}',
    hint: 'The books and the venue disagree; reconciliation asks the venue.',
  },
  STOP_LOOSENED: {
    fault: 'user',
    message: '{symbol}: a stop at {given} is looser than the one at {allowed}',
    hint: 'Stops only tighten. Close the position if the idea has changed.',
  },
  CAPITAL_INSUFFICIENT: {
    fault: 'user',
    message: '{given} asked for, {allowed} free',
    hint: 'Lower the size, or close a position first.',
  },

  // Risk
  OPENING_PAUSED: {
    fault: 'user',
    message: 'opening positions is stopped: {reason}',
    hint: '{remedy}',
  },
  POSITION_LIMIT: {
    fault: 'user',
    message: '{given} positions are open or being opened, at most {allowed} are allowed',
    hint: 'Wait until one is closed, or raise MAX_OPEN_POSITIONS.',
  },
  POSITION_TOO_LARGE: {
    fault: 'user',
    message: '{symbol}: a position of {given}, at most {allowed} is allowed',
    hint: 'Lower the size, or raise MAX_POSITION_PCT.',
  },
  EXPOSURE_LIMIT: {
    fault: 'user',
    message: 'all positions together would be {given}, at most {allowed} is allowed',
    hint: 'Close something first, or raise MAX_EXPOSURE_PCT.',
  },
  LEVERAGE_LIMIT: {
    fault: 'user',
    message: '{symbol}: leverage {given}, at most {allowed} is allowed',
    hint: 'Lower LEVERAGE.',
  },
  STOP_MISSING: {
    fault: 'user',
    message: '{symbol}: an entry without a stop on its losing side (entry {given}, stop {stop})',
    hint: 'Every position has a stop: below the entry for a long, above it for a short.',
  },
  NOT_A_REDUCTION: {
    fault: 'system',
    message: '{symbol}: {given} would do more than close the position of {allowed}',
    hint: 'The books and the venue disagree; reconciliation asks the venue.',
  },

  ...TRADE_REFUSALS,

  // Configuration and command line
  CONFIG_INVALID: {
    fault: 'user',
    message: '{variable} is {given}: {problem}',
    hint: 'Allowed: {allowed}. See docs/configuration.md or run `aitrader config check`.',
  },
  USAGE: { fault: 'user', message: '{problem}', hint: '{hint}' },

  ...REQUEST_REFUSALS,

  // Data folder and storage
  DATA_DIR_UNUSABLE: {
    fault: 'user',
    message: 'the data folder {path} cannot be used: {problem}',
    hint: 'Give a folder that you may write to: --data-dir DIR or AITRADER_HOME.',
  },
  DATA_DIR_LOCKED: {
    fault: 'user',
    message: 'the data folder {path} belongs to a running aitrader (pid {pid}, started {since})',
    hint: 'Look at it with `aitrader status`, end it with `aitrader stop`, or use another folder with --data-dir.',
  },
  DATABASE_CORRUPT: {
    fault: 'system',
    message: 'the database {path} is damaged: {problem}',
    hint: 'Nothing was changed. Move the file away, or put back the newest copy from {backups}.',
  },
  DATABASE_NEWER: {
    fault: 'user',
    message: 'the database {path} has schema {given}, this program knows up to {allowed}',
    hint: 'Nothing was changed. Run the newer aitrader, or use another --data-dir.',
  },
  MIGRATION_CHANGED: {
    fault: 'system',
    message: 'migration {name} was applied to {path} in another form (checksum {given}, now {allowed})',
    hint: 'Nothing was changed. This build does not fit the database: reinstall the version that wrote it.',
  },
  MIGRATION_FAILED: {
    fault: 'system',
    message: 'migration {name} of {path} failed: {problem}',
    hint: 'It was rolled back; the copy made before is {backup}.',
  },
  DISK_FULL: {
    fault: 'system',
    message: 'no space left for {path}',
    hint: 'Free space on the disk. Nothing half written was kept; opening positions is paused, closing goes on.',
  },
  DATABASE_BUSY: {
    fault: 'system',
    message: 'the database {path} is locked by another program',
    hint: 'Close the program that has the file open (a database browser, a backup), then try again.',
  },
  STORAGE_FAILED: {
    fault: 'system',
    message: 'the database {path} refused: {problem}',
    hint: 'Opening positions is paused until storage works again; closing goes on.',
  },
  STORAGE_QUEUE_FULL: {
    fault: 'system',
    message: '{given} writes wait for storage, at most {allowed} are held',
    hint: 'Opening positions is paused until storage works again.',
  },
  RECORD_CONFLICT: {
    fault: 'system',
    message: '{entity} {id} cannot be stored: {problem}',
    hint: 'The same id exists with other content, or what it refers to is missing.',
  },
  ROW_INVALID: {
    fault: 'system',
    message: '{entity} {id} in the database cannot be read: {problem}',
    hint: 'The row was changed by another program or the file is damaged; put back a backup.',
  },

  // The desk and the exchange
  DESK_NOT_OPEN: {
    fault: 'user',
    message: '{what} has to wait: the desk is not open yet',
    hint: 'Wait until the market is reached: the first rows of the screen say what is missing.',
  },
  EXCHANGE_UNREACHABLE: {
    fault: 'system',
    message: 'the exchange ({venue}) cannot be used: {problem}',
    hint: 'Look at the network and BINANCE_REST_URL, then start again. `aitrader --sim` needs no exchange.',
  },
  HEDGE_MODE: {
    fault: 'user',
    message: 'the futures account at {venue} is in hedge mode: a long and a short position in one symbol side by side',
    hint: 'Close its positions and orders, then switch the position mode to one-way at the exchange.',
  },

  ...ACCOUNT_REFUSALS,

  // Recorded markets
  TAPE_UNREADABLE: {
    fault: 'user',
    message: 'the tape {path} cannot be played: {problem}',
    hint: 'Tapes are captures of Binance streams, candle files (CSV with a header, JSON arrays) and what `aitrader record` writes; plain or gzip.',
  },
  TAPE_REFUSED: {
    fault: 'user',
    message: '{path}, line {line}: {problem}; more than {allowed} malformed lines',
    hint: 'The file is damaged or of another format. Repair it, or record it again.',
  },
  TAPE_ENDED: {
    fault: 'user',
    message: 'the tape has ended at {at} UTC: nothing moves any more, and no order would be filled',
    hint: 'Quit, and play the tape again; --keep goes on with the account, its positions and its traders.',
  },
  TAPE_UNWRITABLE: {
    fault: 'system',
    message: 'the tape {path} cannot be written: {problem}',
    hint: 'Free space, or give another folder with --out. What was written up to here can be played.',
  },

  CANDLES_UNUSABLE: {
    fault: 'user',
    message: 'the candle file {path} cannot be used: {problem}',
    hint: '{remedy}',
  },

  // The program itself
  NOT_AVAILABLE: {
    fault: 'user',
    message: '{what} is not part of this version',
    hint: '{instead}',
  },
  INTERNAL: {
    fault: 'system',
    message: 'a fault of the program: {problem}',
    hint: 'Please report it with the log file. Positions with a stop at the exchange stay guarded.',
  },
} as const satisfies Record<string, CatalogueEntry>;

export type ErrorCode = keyof typeof CATALOGUE;

type Placeholder<Template extends string> = Template extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholder<Rest>
  : never;

/** Values that fill a message's placeholders. Never a secret: messages reach logs, terminals and the API. */
export type ErrorContext = Readonly<Record<string, string | number>>;

/** A code with the values that its message and hint name: one that is missing does not compile. */
export type ErrorArguments = {
  [Code in ErrorCode]: [
    code: Code,
    context: Readonly<Record<Placeholder<(typeof CATALOGUE)[Code]['message' | 'hint']>, string | number>>,
    options?: { readonly cause: unknown },
  ];
}[ErrorCode];

function fill(template: string, context: ErrorContext): string {
  return template.replace(/\{(\w+)\}/g, (placeholder, name: string) => String(context[name] ?? placeholder));
}

/** An error or refusal with its stable code. `message` says what was wrong and what was given, `hint` what to do. */
export class AitraderError extends Error {
  readonly code: ErrorCode;
  readonly context: ErrorContext;
  readonly fault: Fault;
  readonly hint: string;

  constructor(...[code, context, options]: ErrorArguments) {
    const entry: CatalogueEntry = CATALOGUE[code];
    super(fill(entry.message, context), options);
    this.name = 'AitraderError';
    this.code = code;
    this.context = context;
    this.fault = entry.fault;
    this.hint = fill(entry.hint, context);
  }
}

/** What is known of a failure of any kind, as one line. */
export function describeFailure(failure: unknown): string {
  return failure instanceof Error ? failure.message : String(failure);
}

/** All codes with their texts, for documents and for the tests of the catalogue. */
export function errorCatalogue(): readonly (CatalogueEntry & { readonly code: ErrorCode })[] {
  return (Object.keys(CATALOGUE) as ErrorCode[]).map((code) => ({ code, ...CATALOGUE[code] }));
}
