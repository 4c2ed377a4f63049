import {
  amount,
  asset,
  basisPoints,
  duration,
  percent,
  stopDistance,
  symbolChoice,
  symbolList,
  toggle,
  wholeNumber,
} from '../kinds.ts';
import type { VariableTable } from '../variable.ts';

export const TRADING = {
  SYMBOLS: {
    ...symbolChoice,
    default: null,
    unset: 'the `MAX_SYMBOLS` most traded ones',
    about:
      'The symbols that are watched. `top:N` takes those of `QUOTE_ASSET` with the highest turnover that are trading, without ' +
      'stable and fiat coins, leveraged tokens and equity perpetuals.',
  },
  QUOTE_ASSET: {
    ...asset,
    default: 'USDT',
    about: 'The asset that prices and amounts are in, and that completes `BTC` to `BTCUSDT`.',
  },
  EXCLUDE_SYMBOLS: {
    ...symbolList,
    default: null,
    unset: 'none',
    about: 'Symbols that are never watched, also when they are among the most traded.',
  },
  MAX_SYMBOLS: {
    ...wholeNumber({ min: 1, max: 1_000 }),
    default: '100',
    about: 'How many symbols may be watched at once.',
  },
  MEME_SYMBOLS: {
    ...symbolList,
    default: null,
    unset: 'none',
    adjustable: true,
    about: 'Symbols to be treated as meme coins, with the wider trailing stops meant for them.',
  },
  CHECK_INTERVAL: {
    ...duration({ min: '1m', max: '1w' }),
    default: '5m',
    about: 'How often traders are checked whose filter does not say.',
  },
  DEFAULT_SIZE: {
    ...amount,
    default: '100',
    adjustable: true,
    about: 'The size of an entry, in `QUOTE_ASSET`, for traders that do not name one.',
  },
  DEFAULT_STOP: {
    ...stopDistance,
    default: '2atr',
    adjustable: true,
    about: 'The stop of positions whose trader and filter name none. No position is ever without a stop.',
  },
  MAX_ACTIVE_TRADERS: {
    ...wholeNumber({ min: 1, max: 1_000 }),
    default: '50',
    adjustable: true,
    about: 'How many traders may run at once.',
  },
  PAPER_BALANCE: {
    ...amount,
    default: '10000',
    about: 'What a fresh paper account holds, in `QUOTE_ASSET`.',
  },
  FEE_BPS: {
    ...basisPoints,
    default: '10',
    about: 'The fee of paper fills.',
  },
  SLIPPAGE_BPS: {
    ...basisPoints,
    default: '2',
    about: 'How much worse than quoted paper fills are beyond the quoted size.',
  },
  LATENCY_MS: {
    ...wholeNumber({ min: 0, max: 60_000 }),
    default: '250',
    about: 'How many milliseconds a paper order takes to the market.',
  },
  ENABLE_AUTO_TRADING: {
    ...toggle,
    default: 'true',
    otherDefault: { when: 'in live trading', value: 'false' },
    adjustable: true,
    about: 'Lets traders open positions. When off, signals are only recorded.',
  },
  ENABLE_POSITION_MONITORING: {
    ...toggle,
    default: 'true',
    about:
      'Watches open positions for stops, targets and time limits. When off, only what rests at the exchange guards them.',
  },
  ENABLE_AI_ANALYSIS: {
    ...toggle,
    default: 'false',
    adjustable: true,
    about:
      'Has signals judged by language models before they are traded, where the trader asks for it. This version has no analyst yet: without effect.',
  },
} as const satisfies VariableTable;

/** Exposure is counted with leverage: 125 times the equity at most. */
const MOST_EXPOSURE_PCT = 12_500;

export const RISK = {
  MAX_OPEN_POSITIONS: {
    ...wholeNumber({ min: 1, max: 1_000 }),
    default: '20',
    adjustable: true,
    about: 'How many positions may be open at once.',
  },
  MAX_DAILY_LOSS_PCT: {
    ...percent(100),
    default: '5',
    adjustable: true,
    about: 'Nothing new is opened for the rest of the UTC day once so much of its first equity is lost.',
  },
  MAX_CONSECUTIVE_LOSSES: {
    ...wholeNumber({ min: 1, max: 1_000 }),
    default: '3',
    adjustable: true,
    about: 'After so many losing trades in a row nothing new is opened for the time of `COOLDOWN`.',
  },
  COOLDOWN: {
    ...duration({ min: '0s', max: '4w' }),
    default: '4h',
    adjustable: true,
    about: 'How long the pause after losses in a row lasts.',
  },
  MAX_EXPOSURE_PCT: {
    ...percent(MOST_EXPOSURE_PCT),
    default: null,
    unset: 'no limit',
    adjustable: true,
    about: 'The worth of all open positions together, at most so many percent of equity.',
  },
  MAX_POSITION_PCT: {
    ...percent(MOST_EXPOSURE_PCT),
    default: null,
    unset: 'no limit',
    adjustable: true,
    about: 'The worth of one position, at most so many percent of equity.',
  },
} as const satisfies VariableTable;
