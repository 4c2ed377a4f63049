import { baseUrl, oneOf, secretText, toggle, wholeNumber, word } from '../kinds.ts';
import type { VariableTable } from '../variable.ts';

/** The exchanges besides Binance where real money can be traded, experimentally. */
export const EXPERIMENTAL_VENUES = ['bybit', 'okx', 'hyperliquid'] as const;

export const EXCHANGE = {
  PAPER_TRADING: {
    ...toggle,
    default: 'true',
    about:
      'Trades with paper money. `false` means real money: it needs both keys below and arming (`LIVE_CONFIRM`, or typing ' +
      'the account at a terminal). `--paper` and `--sim` beat it.',
  },
  EXCHANGE: {
    ...word(/^[a-z0-9]{2,30}$/, 'binance, or the id of a venue in ccxt, such as bybit, okx, kraken, hyperliquid'),
    default: 'binance',
    about:
      'Whose market data are used. Every venue but Binance is reached through ccxt and traded on paper; swaps of bybit, okx ' +
      'and hyperliquid also with real money, experimentally (`EXPERIMENTAL_LIVE`). ' +
      '`MARKET_TYPE` and `QUOTE_ASSET` have to be such as the venue has (`kraken` is spot, `krakenfutures` futures).',
  },
  EXPERIMENTAL_LIVE: {
    ...oneOf(...EXPERIMENTAL_VENUES),
    default: null,
    unset: 'real money is traded on Binance alone',
    about:
      'Allows real money at an exchange whose orders were tried against stand-ins only: the name of that exchange, written ' +
      'out, the same as `EXCHANGE`. Read [what was tested](exchanges.md) first. Needs `MARKET_TYPE=futures`.',
  },
  LIVE_CONFIRM: {
    ...word(/^[^\p{Cc}]{1,64}$/u, 'the name of the account'),
    default: null,
    unset: 'live trading is armed at a terminal only',
    about: 'Arms live trading where nobody sits at a terminal: the name of the account, written out.',
  },
  BINANCE_API_KEY: {
    ...secretText,
    default: null,
    secret: true,
    about: 'The API key of the account at Binance. Not read with paper or simulated money.',
  },
  BINANCE_SECRET_KEY: {
    ...secretText,
    allowed: 'the HMAC secret, or the path of an Ed25519 or RSA private key, ending in .pem',
    default: null,
    secret: true,
    about: 'What requests are signed with. Not read with paper or simulated money.',
  },
  EXCHANGE_API_KEY: {
    ...secretText,
    default: null,
    secret: true,
    about:
      'The API key at an exchange other than Binance; of Hyperliquid the address of the account. Not read with paper or ' +
      'simulated money.',
  },
  EXCHANGE_SECRET_KEY: {
    ...secretText,
    default: null,
    secret: true,
    about:
      'What requests to an exchange other than Binance are signed with; of Hyperliquid the private key of a wallet that the ' +
      'account has approved for trading. Not read with paper or simulated money.',
  },
  EXCHANGE_PASSPHRASE: {
    ...secretText,
    default: null,
    secret: true,
    about: 'What OKX wants besides key and secret. Not read with paper or simulated money.',
  },
  BINANCE_ENV: {
    ...oneOf('live', 'demo', 'testnet'),
    default: 'live',
    about: "Which of Binance's environments is spoken to. Each has keys of its own.",
  },
  BINANCE_REST_URL: {
    ...baseUrl('http', 'https'),
    default: null,
    unset: 'as `BINANCE_ENV` says',
    about: 'Another host for REST requests, such as a simulated exchange. The paths are appended.',
  },
  BINANCE_WS_URL: {
    ...baseUrl('ws', 'wss'),
    default: null,
    unset: 'as `BINANCE_ENV` says',
    about: 'Another host for streams. The paths are appended.',
  },
  MARKET_TYPE: {
    ...oneOf('spot', 'futures'),
    default: 'spot',
    about: 'The market that is traded: spot, or USD-M futures.',
  },
  LEVERAGE: {
    ...wholeNumber({ min: 1, max: 125 }),
    default: '1',
    about: 'The leverage of futures positions. Without effect on spot.',
  },
  MARGIN_MODE: {
    ...oneOf('isolated', 'cross'),
    default: 'isolated',
    about: 'The margin of futures positions. Without effect on spot.',
  },
  IMPORT_POSITIONS: {
    ...oneOf('watch', 'stop'),
    default: 'watch',
    about:
      'What is done for futures positions that were not opened here. `watch` takes them into the books, tells of them and ' +
      'leaves them alone until you give them a stop or close them; `stop` gives them a stop at `DEFAULT_STOP` from the price ' +
      'of then, and `kill` closes them, too.',
  },
} as const satisfies VariableTable;
