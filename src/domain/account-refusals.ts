/**
 * The part of the catalogue of errors that says why an exchange account cannot be traded with real money. Read it through
 * errors.ts.
 */
export const ACCOUNT_REFUSALS = {
  LIVE_NOT_ARMED: {
    fault: 'user',
    message: 'trading with real money is not armed: {problem}',
    hint: 'At a terminal type the account\'s name, "{account}", when asked; without one set LIVE_CONFIRM={account}. `--paper` trades paper money.',
  },
  KEYS_REFUSED: {
    fault: 'user',
    message: 'the exchange ({venue}) refuses the API key: {problem}',
    hint: 'Check BINANCE_API_KEY and BINANCE_SECRET_KEY (of other exchanges EXCHANGE_API_KEY and EXCHANGE_SECRET_KEY), that BINANCE_ENV is where the key was made, and the addresses that it may be used from.',
  },
  KEY_NOT_PERMITTED: {
    fault: 'user',
    message: 'the exchange ({venue}) lets the API key look, and not trade {market}: {problem}',
    hint: 'Allow {permission} for this key at the exchange. It needs no right to withdraw.',
  },
  CLOCK_REFUSED: {
    fault: 'user',
    message: "the exchange ({venue}) refuses this machine's clock: {problem}",
    hint: 'Synchronise the clock of this machine (NTP), then start again.',
  },
  ACCOUNT_LOCKED: {
    fault: 'user',
    message: 'the account at {venue} may not trade: {problem}',
    hint: 'Look at the account at the exchange: it may be in liquidation, restricted, or not yet opened for this market.',
  },
  MARGIN_MODE_DIFFERS: {
    fault: 'user',
    message: 'the margin mode of the account at {venue} is {found}, and MARGIN_MODE is {wanted}',
    hint: 'The exchange keeps one margin mode for the account: set MARGIN_MODE={found}, or change it at the exchange.',
  },
  ACCOUNT_IN_USE: {
    fault: 'user',
    message: 'another aitrader trades on the account "{account}": {evidence}',
    hint: 'End the other one first. When it has ended for good, start once with --take-over; its orders stay as they are.',
  },
} as const;
