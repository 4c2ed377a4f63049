import { createSystemClock } from '../../../adapters/clock/system/clock.ts';
import { TIMEFRAMES } from '../../../domain/time.ts';
import { ControlClient } from '../../../frontends/control/client.ts';
import type { Question } from '../../../frontends/control/client.ts';
import { symbolProfiles } from '../../../sim/market/profiles.ts';
import { filterFolders, filtersIn } from '../filter/filter-file.ts';
import type { ProgramOptions } from '../program-options.ts';
import { placeOf } from '../verbs/place.ts';
import type { Place } from '../verbs/place.ts';
import type { Offer, WantedValue } from './expectation.ts';

/** What the shell has to look for by itself. */
export type Paths = 'files' | 'folders';

/** The values that are known, and the paths that may stand in their place. */
export interface Values {
  readonly offers: readonly Offer[];
  readonly paths: Paths | null;
}

/** Who presses Tab does not wait for an aitrader that is busy. */
const ANSWER_MS = 500;
/** The largest symbols: what is traded nearly everywhere. */
const SYMBOLS = 50;

const NOTHING: Values = { offers: [], paths: null };

function words(...given: readonly string[]): Values {
  return { offers: given.map((word) => ({ word, about: '' })), paths: null };
}

/** What is asked of the running aitrader, and which words of an entry of its answer mean that entry. */
interface Inquiry {
  readonly question: Question;
  readonly offerOf: (entry: Readonly<Record<string, unknown>>) => Offer;
}

/** As much of an id as the tables show. */
const SHOWN_ID = 6;

function byId({ id, symbol, side, status, type }: Readonly<Record<string, unknown>>): Offer {
  const about = [symbol, side, type, status].filter((part) => typeof part === 'string').join(' ');
  return { word: String(id).slice(-SHOWN_ID), about };
}

const INQUIRIES: Readonly<Record<string, Inquiry>> = {
  trader: {
    question: { verb: 'traders', args: {} },
    offerOf: ({ name, state, filter }) => ({ word: String(name), about: `${String(state)}, ${String(filter)}` }),
  },
  'close id': {
    question: { verb: 'positions', args: {} },
    offerOf: ({ symbol, side, quantity }) => ({ word: String(symbol), about: `${String(side)} ${String(quantity)}` }),
  },
  'cancel id': { question: { verb: 'orders', args: {} }, offerOf: byId },
  'approve id': { question: { verb: 'signals', args: {} }, offerOf: byId },
  'reject id': { question: { verb: 'signals', args: {} }, offerOf: byId },
};

/** What runs in the data folder says it; nothing when nothing runs or it does not answer at once. */
async function inquire({ question, offerOf }: Inquiry, { dataDir }: Place): Promise<Values> {
  const client = await ControlClient.connect(dataDir, { clock: createSystemClock(), timeoutMs: ANSWER_MS });
  const answer = client === null ? [] : await client.ask(question);
  const entries = Array.isArray(answer) ? (answer as Readonly<Record<string, unknown>>[]) : [];
  const open = question.verb === 'signals' ? entries.filter(({ status }) => status === 'awaiting_approval') : entries;
  return { offers: open.map(offerOf), paths: null };
}

async function filters({ dataDir }: Place): Promise<Values> {
  const files = (await Promise.all(filterFolders(dataDir).map(filtersIn))).flat();
  const offers = files.map(({ name, origin }) => ({ word: name, about: origin === 'shipped' ? 'shipped' : 'yours' }));
  return { offers, paths: 'files' };
}

function symbols(): Values {
  return words(...symbolProfiles(SYMBOLS).map(({ symbol }) => symbol));
}

/** Values by what they are called in the help, some of them only at one option or command. */
const KNOWN: Readonly<Record<string, (place: Place) => Values | Promise<Values>>> = {
  'filter check file': filters,
  'filter run file': filters,
  'backtest file': filters,
  filter: filters,
  file: () => ({ offers: [], paths: 'files' }),
  state: () => ({ ...words('plain', 'lived-in'), paths: 'files' }),
  dir: () => ({ offers: [], paths: 'folders' }),
  list: symbols,
  symbol: symbols,
  timeframe: () => words(...TIMEFRAMES),
  mode: () => words('auto', 'semi_auto', 'signals'),
  factor: () => words('1', '60', 'max'),
  '--by what': () => words('trader', 'symbol', 'reason', 'day'),
  '--every when': () => words('close', '1m', '5m', '15m', '1h', '4h', '1d'),
  topic: () => words('concepts'),
};

/**
 * The values that may stand where the cursor is. A wrong configuration or an aitrader that does not answer leaves nothing.
 * @param options where the words before the cursor look for the data folder
 */
export async function valuesOf(value: WantedValue, options: ProgramOptions): Promise<Values> {
  const names = [`${value.owner} ${value.name}`, value.name];
  try {
    const place = placeOf(options);
    for (const name of names) {
      const inquiry = INQUIRIES[name];
      if (inquiry !== undefined) return await inquire(inquiry, place);
      const known = KNOWN[name];
      if (known !== undefined) return await known(place);
    }
  } catch {
    // The shell shows nothing: what is wrong is said when the command is run.
  }
  return NOTHING;
}
