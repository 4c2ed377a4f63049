import { oneOf, path, presence, toggle, word } from '../kinds.ts';
import type { VariableTable } from '../variable.ts';

const id = word(/^[\w.@-]{1,64}$/, '1 to 64 letters, digits and . _ - @');

export const PROGRAM = {
  AITRADER_HOME: {
    ...path,
    default: '~/.aitrader',
    outsideFileOnly: true,
    about: 'The data folder: databases, logs, `config.env` and your own filters. `--data-dir` beats it.',
  },
  USER_ID: {
    ...id,
    default: 'local',
    about: 'Whose traders, orders and positions these are. Every stored thing belongs to one user.',
  },
  ACCOUNT_ID: {
    ...id,
    default: 'main',
    about: 'Which of your exchange accounts this is; the name that arms live trading.',
  },
  FLY_APP_NAME: {
    ...word(/^[\w-]{1,64}$/, 'the name of an app'),
    default: null,
    unset: 'not on Fly.io',
    about: 'Set by Fly.io on its machines. The program then runs as a daemon unless a flag says otherwise.',
  },
  LOG_LEVEL: {
    ...oneOf('debug', 'info', 'warn', 'error', 'fatal'),
    default: 'info',
    adjustable: true,
    about: 'The least severe lines that are logged.',
  },
  LOG_FORMAT: {
    ...oneOf('json', 'console'),
    default: null,
    unset: '`json` in daemon mode and where stderr is no terminal, else `console`',
    about: 'How log lines on stderr look. The files in `logs/` are always JSON, one object a line.',
  },
  THEME: {
    ...oneOf('tokyo-night', 'light', 'colorblind', 'mono'),
    default: 'tokyo-night',
    adjustable: true,
    about: 'The colours of the terminal interface.',
  },
  UP_COLOR: {
    ...oneOf('green', 'red'),
    default: 'green',
    adjustable: true,
    about: 'The colour of rising prices; falling ones take the other. East Asian markets use red for up.',
  },
  NO_COLOR: {
    ...presence,
    default: null,
    unset: 'colours where the terminal has them',
    about: 'Turns colours off, whatever its value is ([no-color.org](https://no-color.org)).',
  },
  ASCII: {
    ...toggle,
    default: 'false',
    about: 'Draws the terminal interface without box and block characters.',
  },
} as const satisfies VariableTable;
