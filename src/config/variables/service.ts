import { baseUrl, bearerToken, oneOf, path, secretText, secretUrl, toggle, wholeNumber, word } from '../kinds.ts';
import type { VariableTable } from '../variable.ts';

export const SERVICE = {
  AITRADER_TOKEN: {
    ...bearerToken,
    default: null,
    secret: true,
    about: "The daemon's password: who sends it as bearer token may do everything. The monitor sends it.",
  },
  API_KEY: {
    ...bearerToken,
    default: null,
    secret: true,
    about: 'Another name for `AITRADER_TOKEN`, which beats it.',
  },
  HOST: {
    ...word(/^[A-Za-z0-9:._-]{1,253}$/, 'an IP address or a host name'),
    default: '127.0.0.1',
    otherDefault: { when: 'on Fly.io', value: '0.0.0.0' },
    about: 'The address on which the daemon listens. `127.0.0.1` is reached from this machine only.',
  },
  PORT: {
    ...wholeNumber({ min: 0, max: 65_535 }),
    default: '8080',
    about: 'The port on which the daemon listens; 0 takes a free one.',
  },
  ENABLE_WEBSOCKET_API: {
    ...toggle,
    default: 'true',
    about: 'Offers `GET /ws` beside the REST API.',
  },
  API_DATA_PER_MINUTE: {
    ...wholeNumber({ min: 1, max: 1_000_000 }),
    default: '100',
    about: 'How many requests for data the API answers in a minute.',
  },
  API_ORDERS_PER_MINUTE: {
    ...wholeNumber({ min: 1, max: 1_000_000 }),
    default: '10',
    about:
      'How many requests that may add risk (approve, resume, change traders and stops) the API takes in a minute. Closing, ' +
      'cancelling, killing and pausing are never limited.',
  },
  WEBHOOK_URL: {
    ...secretUrl('http', 'https'),
    default: null,
    unset: 'no webhook',
    secret: true,
    adjustable: true,
    about: 'Where alerts are sent that must reach a person.',
  },
} as const satisfies VariableTable;

export const STORAGE = {
  STORAGE_BACKEND: {
    ...oneOf('sqlite', 'postgres', 'supabase'),
    default: 'sqlite',
    about: 'Where traders, orders and positions are kept.',
  },
  SQLITE_PATH: {
    ...path,
    default: null,
    unset: '`sim.db`, `paper.db` or `live.db` in the data folder',
    about: 'Another file for the SQLite database.',
  },
  DATABASE_URL: {
    ...secretUrl('postgres', 'postgresql'),
    default: null,
    secret: true,
    about: 'The Postgres database of `STORAGE_BACKEND=postgres`.',
  },
  SUPABASE_URL: {
    ...baseUrl('http', 'https'),
    default: null,
    about: 'The Supabase project of `STORAGE_BACKEND=supabase`.',
  },
  SUPABASE_ANON_KEY: {
    ...secretText,
    default: null,
    secret: true,
    about: "That project's key.",
  },
} as const satisfies VariableTable;
