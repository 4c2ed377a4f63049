import { errorCatalogue } from '../../src/domain/errors.ts';
import type { ErrorCode } from '../../src/domain/errors.ts';

const INTRODUCTION = `
# Troubleshooting

Every refusal has a code, says what was wrong and what to do. \`aitrader doctor\` looks at everything that the program depends
on; \`aitrader logs -n 200\` shows what happened before; \`aitrader config check\` says which setting comes from where.

## Why are there no trades?

A trade is the last of six steps, and each trader counts how far its matches came:

\`\`\`sh
aitrader traders          # CHECKED > MATCHED > ORDERED > FILLED, one line a trader
aitrader trader show rsi-reversal     # the same with the last refusal, the nearest miss and the last fault
aitrader signals          # what was found, and what became of it, with the reason
aitrader status           # feed, opening, breaker
\`\`\`

Look for the first figure that is 0:

| stops at | what it means | what to do |
| --- | --- | --- |
| state \`paused\` or \`disabled\` | You, a move to real money, or the program stopped this trader; the reason stands behind its name. | \`aitrader trader resume NAME\`; a disabled one after its filter is mended |
| checked is 0 | No check was due yet, or history is still loading. A filter of \`1h\` is checked once an hour; NEXT says when. A symbol that is listed for less than \`lookback\` candles is never checked. | wait until NEXT; look at the feed in \`aitrader status\` |
| checked grows, matched is 0 | The conditions did not come together. \`nearest\` shows the symbol that is closest to its trigger, with what was plotted. | wait, watch more symbols (\`--symbols\`), or loosen a parameter: \`aitrader trader set NAME --param oversold=35\` |
| \`last fault\` is set | The filter threw, was too slow or too large. | \`aitrader filter check FILE\` names line and fix |
| matched, not approved | The mode is \`semi_auto\` (a person approves) or \`signals\` (nothing is ever traded), or something refused: \`last refusal\` and the signal's reason hold the code. | find the code below |
| approved, not ordered | A limit of risk, size or exchange refused it. | find the code below |
| ordered, not filled | The order waits or was refused by the exchange. | \`aitrader orders --all\` |

And of the whole desk: \`opening\` is stopped (paused by you, or the circuit breaker: \`aitrader resume\` when you have understood
why), \`ENABLE_AUTO_TRADING\` is \`false\` (it is off by default with real money), or \`MAX_OPEN_POSITIONS\` is reached.

## It does not start

| what you see | what it is |
| --- | --- |
| \`needs Node 24\` | The program was started without \`make\`, under an older Node. \`make run\` brings its own. |
| exit code 2, a variable is named | A setting cannot be used: \`CONFIG_INVALID\`. |
| exit code 3 | The exchange cannot be reached: \`EXCHANGE_UNREACHABLE\`. \`aitrader --sim\` needs no network. |
| exit code 4 | Another aitrader has the data folder: \`DATA_DIR_LOCKED\`. |
| the screen is too small | It needs 60 columns and 16 rows; \`--no-tui\` writes lines instead. |
| colours or frames look wrong | \`THEME=mono\`, \`NO_COLOR=1\` or \`ASCII=true\`. |
`;

/** The sections of codes; a code that none of them names stands in the last one. */
const SECTIONS: readonly { readonly title: string; readonly about: string; readonly codes: readonly ErrorCode[] }[] = [
  {
    title: 'A signal was refused',
    about: 'These stand in `aitrader signals` and as `last refusal` of a trader. Most are a limit that did its work.',
    codes: [
      ...(['OPENING_PAUSED', 'SIGNAL_REPEATED', 'SIGNAL_COOLDOWN', 'POSITION_EXISTS', 'SHORT_ON_SPOT'] as const),
      ...(['SYMBOL_TAKEN', 'TRADER_POSITION_LIMIT', 'POSITION_LIMIT', 'EXPOSURE_LIMIT'] as const),
      ...(['PORTFOLIO_EXPOSURE_LIMIT', 'POSITION_TOO_LARGE', 'LEVERAGE_LIMIT', 'CAPITAL_INSUFFICIENT'] as const),
      ...(['SIZE_INVALID', 'KELLY_NO_EDGE', 'PRICE_STALE', 'PRICE_UNUSABLE', 'SPREAD_TOO_WIDE'] as const),
      ...(['SYMBOL_NOT_TRADING', 'SIGNAL_TRANSITION_ILLEGAL'] as const),
    ],
  },
  {
    title: 'A stop or target was refused',
    about: 'Levels of filters, traders and edits of positions. [filters.md](filters.md) says how levels are written.',
    codes: [
      ...(['STOP_MISSING', 'STOP_WRONG_SIDE', 'STOP_TOO_FAR', 'STOP_LOOSENED', 'TARGET_WRONG_SIDE'] as const),
      ...(['TARGET_ABSURD', 'TARGET_PARTS_INVALID', 'PART_INVALID', 'LEVEL_INVALID', 'LEVEL_UNSUITABLE'] as const),
      ...(['ATR_UNKNOWN', 'TRAILING_OUT_OF_RANGE'] as const),
    ],
  },
  {
    title: 'The exchange’s rules',
    about: 'What the exchange demands of an order: price steps, quantity steps, least worth.',
    codes: [
      ...(['PRICE_OFF_TICK', 'PRICE_OUT_OF_RANGE', 'QUANTITY_OFF_STEP', 'QUANTITY_OUT_OF_RANGE'] as const),
      ...(['NOTIONAL_OUT_OF_RANGE', 'TOO_MANY_ORDERS'] as const),
    ],
  },
  {
    title: 'Exchange and account',
    about: 'Reaching the exchange, and trading real money there; [going-live.md](going-live.md) is the way to it.',
    codes: [
      ...(['EXCHANGE_UNREACHABLE', 'LIVE_NOT_ARMED', 'KEYS_REFUSED', 'KEY_NOT_PERMITTED', 'CLOCK_REFUSED'] as const),
      ...(['ACCOUNT_LOCKED', 'ACCOUNT_IN_USE', 'HEDGE_MODE'] as const),
    ],
  },
  {
    title: 'Commands and what they name',
    about: 'What was typed, or sent by a program. These end with exit code 2 or 4 and change nothing.',
    codes: [
      ...(['USAGE', 'CONFIG_INVALID', 'ARGUMENT_INVALID', 'NOT_FOUND', 'AMBIGUOUS', 'SYMBOL_UNKNOWN'] as const),
      ...(['SYMBOL_NOT_WATCHED', 'TRADER_NAME_TAKEN', 'FILTER_REFUSED', 'NOT_RUNNING', 'NOT_AVAILABLE'] as const),
      ...(['CONTROL_UNREACHABLE', 'CONTROL_SOCKET_UNUSABLE', 'CONTROL_REQUEST_REFUSED'] as const),
      ...(['DECIMAL_INVALID', 'PRICE_INVALID', 'QUANTITY_INVALID', 'DURATION_INVALID'] as const),
    ],
  },
  {
    title: 'Data folder and database',
    about:
      'While storage does not work, opening is paused, closing goes on, and what waits is written when it works again.',
    codes: [
      ...(['DATA_DIR_LOCKED', 'DATA_DIR_UNUSABLE', 'DATABASE_BUSY', 'DATABASE_CORRUPT', 'DATABASE_NEWER'] as const),
      ...(['DISK_FULL', 'STORAGE_FAILED', 'STORAGE_QUEUE_FULL', 'MIGRATION_CHANGED', 'MIGRATION_FAILED'] as const),
      ...(['RECORD_CONFLICT', 'ROW_INVALID'] as const),
    ],
  },
  {
    title: 'Daemon and API',
    about: 'What the daemon answers, and what keeps it from listening.',
    codes: [
      ...(['API_TOKEN_MISSING', 'API_TOKEN_REFUSED', 'API_ADDRESS_TAKEN', 'API_ADDRESS_UNUSABLE'] as const),
      ...(['UNAUTHORIZED', 'RATE_LIMITED', 'ROUTE_UNKNOWN', 'API_REQUEST_REFUSED', 'CHANNEL_UNKNOWN'] as const),
      ...(['IDEMPOTENCY_KEY_REUSED', 'TOO_MANY_WEBSOCKETS', 'DESK_NOT_OPEN'] as const),
      ...(['DAEMON_UNREACHABLE', 'DAEMON_REFUSED', 'COMMAND_UNANSWERED'] as const),
    ],
  },
  {
    title: 'Candle files and tapes',
    about: 'Files that are played or recorded.',
    codes: ['CANDLES_UNUSABLE', 'TAPE_UNREADABLE', 'TAPE_REFUSED', 'TAPE_UNWRITABLE'],
  },
  {
    title: 'The books and the exchange disagree',
    about:
      'The program has found that what it wrote down and what the exchange says do not fit. It asks the exchange, whose word ' +
      'is the truth. Nothing has to be done; report it with the log when it comes again.',
    codes: [
      ...(['ORDER_TRANSITION_ILLEGAL', 'ORDER_OVERFILLED', 'FILL_MISMATCH', 'POSITION_MISMATCH'] as const),
      ...(['NOT_A_REDUCTION', 'INTERNAL'] as const),
    ],
  },
];

const OTHERS = { title: 'Everything else', about: 'The message says what was wrong, and what to do.' };

/** What to do where the hint of the code is made when it happens, or wants more words. */
const ADVICE: Partial<Record<ErrorCode, string>> = {
  OPENING_PAUSED:
    'The reason names who stopped it: you (`aitrader resume`), losses in a row (ends by itself after `COOLDOWN`), the ' +
    'daily loss (ends at 00:00 UTC), a kill, or storage that does not work.',
  LEVEL_UNSUITABLE: 'The hint names the form that fits: targets know `r`, stops do not.',
  STOP_WRONG_SIDE: "Below the price for a long, above it for a short. `2` is a price of 2; write `'2%'`.",
  STOP_TOO_FAR: "More than half the price away is mostly a percentage written as a price: write `'2%'`.",
  DAEMON_REFUSED: 'The code in front is the daemon’s own: look it up here.',
  USAGE: 'The hint names the nearest verb or flag; `aitrader VERB --help` lists them.',
  NOT_FOUND: 'The hint names the nearest, or the verb that lists those there are.',
  FILTER_REFUSED: '`aitrader filter check FILE` names line, column and what to write instead.',
  NOT_AVAILABLE: 'The hint says what to use instead; CHANGELOG.md lists what is there.',
  CANDLES_UNUSABLE: 'The hint says what the file lacks: a header, a column, an order of times.',
  CONTROL_SOCKET_UNUSABLE: 'The socket belongs to another user, or its path is too long: give another `--data-dir`.',
  CONTROL_REQUEST_REFUSED:
    'Another program speaks to the socket in another language: take the same version of aitrader.',
};

/** A pipe would end the cell of the table. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

function rowsOf(entries: ReturnType<typeof errorCatalogue>): string {
  const rows = entries.map(({ code, message, hint }) => {
    const isMadeLater = /^\{\w+\}$/.test(hint);
    const told = ADVICE[code] ?? (isMadeLater ? 'The hint that comes with it says what to do.' : hint);
    return `| \`${code}\` | ${cell(message)} | ${cell(told)} |`;
  });
  return ['| code | what it says | what to do |', '| --- | --- | --- |', ...rows].join('\n');
}

/** docs/troubleshooting.md: the catalogue of errors, and in front of it what people ask. */
export function troubleshootingDocument(): string {
  const catalogue = errorCatalogue();
  const placed = new Set<ErrorCode>(SECTIONS.flatMap(({ codes }) => codes));
  const sections = SECTIONS.map(({ title, about, codes }) => {
    const entries = codes
      .map((wanted) => catalogue.find(({ code }) => code === wanted))
      .filter((entry) => entry !== undefined);
    return `## ${title}\n\n${about}\n\n${rowsOf(entries)}`;
  });
  const others = catalogue.filter(({ code }) => !placed.has(code));
  const rest = others.length === 0 ? [] : [`## ${OTHERS.title}\n\n${OTHERS.about}\n\n${rowsOf(others)}`];
  return [INTRODUCTION.trim(), ...sections, ...rest].join('\n\n');
}
