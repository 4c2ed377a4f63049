/**
 * The part of the catalogue of errors that says why a match, a proposal or an edit of a position comes to nothing. Read it
 * through errors.ts.
 */
export const TRADE_REFUSALS = {
  SIGNAL_REPEATED: {
    fault: 'user',
    message: '{symbol}: a {side} match of this trader is known already, or overtaken by a later one',
    hint: 'A match is acted on once; look at the signal that is being handled.',
  },
  SIGNAL_COOLDOWN: {
    fault: 'user',
    message: '{symbol}: the last signal of this trader is {given} s old, the cooldown is {allowed} s',
    hint: 'Wait, or lower the cooldown of the trader.',
  },
  POSITION_EXISTS: {
    fault: 'user',
    message: '{symbol}: this trader holds a {side} position already, or is opening it',
    hint: 'A match of the same side is ignored while a position is open.',
  },
  SHORT_ON_SPOT: {
    fault: 'user',
    message: '{symbol}: a short match on the spot market without a long of this trader to close',
    hint: 'Spot knows no short positions; set MARKET_TYPE=futures to go short.',
  },
  SYMBOL_TAKEN: {
    fault: 'user',
    message: '{symbol} is taken by {holder}',
    hint: 'There is one open position per symbol and account; wait until it is closed.',
  },
  TRADER_POSITION_LIMIT: {
    fault: 'user',
    message: 'the trader has {given} positions open or being opened, at most {allowed} are allowed',
    hint: 'Wait until one is closed, or raise maxPositions of the trader.',
  },
  PORTFOLIO_EXPOSURE_LIMIT: {
    fault: 'user',
    message: 'the positions of the portfolio would be {given}, at most {allowed} is allowed',
    hint: 'Close something first, or raise MAX_EXPOSURE_PCT.',
  },
  PRICE_UNUSABLE: {
    fault: 'system',
    message: '{symbol}: no usable price (last {last}, bid {bid}, ask {ask})',
    hint: 'Nothing is opened until the feed sends sensible prices again.',
  },
  PRICE_STALE: {
    fault: 'system',
    message: '{symbol}: the last price is {given} ms old, at most {allowed} ms are allowed',
    hint: 'Nothing is opened until prices flow again; see `aitrader status` for the feed.',
  },
  SPREAD_TOO_WIDE: {
    fault: 'user',
    message: '{symbol}: bid and ask lie {given} bps apart, at most {allowed} are allowed',
    hint: 'Wait for a calmer market, or trade symbols with more turnover.',
  },
  LEVEL_UNSUITABLE: {
    fault: 'user',
    message: '{symbol}: {given} cannot be used as {use}',
    hint: '{instead}',
  },
  ATR_UNKNOWN: {
    fault: 'system',
    message: '{symbol}: {given} needs the average true range, which is not known yet',
    hint: 'Wait until enough candles are loaded, or give the distance in per cent.',
  },
  STOP_WRONG_SIDE: {
    fault: 'user',
    message: '{symbol}: a stop at {given} is on the wrong side of {reference} for a {side}',
    hint: '{cause}',
  },
  STOP_TOO_FAR: {
    fault: 'user',
    message: '{symbol}: a stop at {given} is more than {allowed} % away from {reference}',
    hint: '{cause}',
  },
  TARGET_WRONG_SIDE: {
    fault: 'user',
    message: '{symbol}: a {what} at {given} is on the wrong side of {reference} for a {side}',
    hint: 'It belongs where the profit is: above the entry for a long, below it for a short.',
  },
  TARGET_ABSURD: {
    fault: 'user',
    message: '{symbol}: a {what} at {given} is more than a factor of {allowed} away from {reference}',
    hint: "Check the figure; distances are written '2%', '2atr' or '1.5r'.",
  },
  TARGET_PARTS_INVALID: {
    fault: 'user',
    message: '{symbol}: the parts of the targets are {given}',
    hint: 'Each part is above 0, all together are at most 1, and targets without a part need something left to share.',
  },
  EXIT_UNDER_WAY: {
    fault: 'user',
    message: '{symbol}: an exit of {given} is under way already, and what it leaves is nothing to close',
    hint: 'Wait for it: it is asked about and repeated until the position is flat. `aitrader orders` shows it.',
  },
  PART_INVALID: {
    fault: 'user',
    message: '{symbol}: {given} is no part of a position',
    hint: 'Give a share above 0 and at most 1.',
  },
  SIZE_INVALID: {
    fault: 'user',
    message: 'a size of {given}',
    hint: 'Sizes are above zero: an amount of the quote asset, or a percentage of equity.',
  },
  KELLY_NO_EDGE: {
    fault: 'user',
    message: 'the Kelly size is {given} of equity: wins of {payoff} times the losses at a rate of {winRate}',
    hint: 'The record shows no edge to bet on; use a fixed size until it does.',
  },
} as const;
