import type { InstrumentStatus, Market } from '../../domain/instrument.ts';
import { ScriptReader, scriptError } from '../script-reader.ts';
import { isRecord } from '../transport/params.ts';
import { isRefusalName } from '../venue-error.ts';
import type { RefusalName } from '../venue-error.ts';
import type { Fault, FaultScript, ScriptedFault, SocketGroup } from './fault.ts';

const DEFAULT_DELAY_MS = 1_000;
const DEFAULT_BAN_SECONDS = 120;
const GROUPS: readonly SocketGroup[] = ['spot', 'futures', 'user', 'all'];
const MARKETS: readonly Market[] = ['spot', 'futures'];
const STATUSES: readonly InstrumentStatus[] = ['trading', 'halted', 'pre_trading', 'delisted'];
const RATES = ['drop', 'delay', 'double', 'reorder', 'errorBefore', 'errorAfter', 'loseAnswer'] as const;

interface FaultForm {
  /** Members besides `kind` and `afterMs`. */
  readonly members: readonly string[];
  readonly read: (reader: ScriptReader) => Fault;
}

function streamFault(kind: 'drop' | 'delay' | 'double' | 'reorder'): FaultForm {
  return {
    members: ['stream', 'count', 'delayMs'],
    read: (reader) => ({
      kind,
      stream: reader.has('stream') ? reader.text('stream') : '',
      count: reader.amount('count', 1),
      delayMs: reader.amount('delayMs', DEFAULT_DELAY_MS),
    }),
  };
}

function requestPart(reader: ScriptReader): { endpoint: string; count: number } {
  return { endpoint: reader.has('endpoint') ? reader.text('endpoint') : '', count: reader.amount('count', 1) };
}

function requestFault(kind: 'error_before' | 'error_after' | 'lose_answer'): FaultForm {
  return { members: ['endpoint', 'count'], read: (reader) => ({ kind, ...requestPart(reader) }) };
}

function socketIncident(kind: 'cut_sockets' | 'freeze_sockets' | 'server_shutdown'): FaultForm {
  return { members: ['group'], read: (reader) => ({ kind, group: reader.oneOf('group', GROUPS, 'all') }) };
}

function refusalOf(reader: ScriptReader): RefusalName {
  const name = reader.text('refusal', 'UNKNOWN');
  if (!isRefusalName(name)) throw scriptError(`no refusal is called "${name}"; SERVER_BUSY is one`);
  return name;
}

/** How each kind of fault is written. */
const FORMS: Readonly<Record<Fault['kind'], FaultForm>> = {
  drop: streamFault('drop'),
  delay: streamFault('delay'),
  double: streamFault('double'),
  reorder: streamFault('reorder'),
  refuse: {
    members: ['endpoint', 'count', 'refusal'],
    read: (reader) => ({ kind: 'refuse', ...requestPart(reader), refusal: refusalOf(reader) }),
  },
  error_before: requestFault('error_before'),
  error_after: requestFault('error_after'),
  lose_answer: requestFault('lose_answer'),
  delay_answer: {
    members: ['endpoint', 'count', 'delayMs'],
    read: (reader) => ({
      kind: 'delay_answer',
      ...requestPart(reader),
      delayMs: reader.amount('delayMs', DEFAULT_DELAY_MS),
    }),
  },
  late_fill: {
    members: ['count', 'delayMs'],
    read: (reader) => ({
      kind: 'late_fill',
      count: reader.amount('count', 1),
      delayMs: reader.amount('delayMs', DEFAULT_DELAY_MS),
    }),
  },
  partial_fill: {
    members: ['count', 'fraction'],
    read: (reader) => ({
      kind: 'partial_fill',
      count: reader.amount('count', 1),
      fraction: Math.min(1, reader.amount('fraction', 0.5)),
    }),
  },
  cut_sockets: socketIncident('cut_sockets'),
  freeze_sockets: socketIncident('freeze_sockets'),
  server_shutdown: socketIncident('server_shutdown'),
  rate_limit: {
    members: ['market'],
    read: (reader) => ({ kind: 'rate_limit', market: reader.oneOf('market', MARKETS) }),
  },
  ban: {
    members: ['market', 'seconds'],
    read: (reader) => ({
      kind: 'ban',
      market: reader.oneOf('market', MARKETS),
      seconds: reader.amount('seconds', DEFAULT_BAN_SECONDS),
    }),
  },
  clock_skew: {
    members: ['skewMs'],
    read: (reader) => ({ kind: 'clock_skew', skewMs: reader.number('skewMs') }),
  },
  tick_size: {
    members: ['market', 'symbol', 'tick'],
    read: (reader) => ({
      kind: 'tick_size',
      market: reader.oneOf('market', MARKETS),
      symbol: reader.text('symbol'),
      tick: reader.decimal('tick'),
    }),
  },
  symbol_status: {
    members: ['market', 'symbol', 'status'],
    read: (reader) => ({
      kind: 'symbol_status',
      market: reader.oneOf('market', MARKETS),
      symbol: reader.text('symbol'),
      status: reader.oneOf('status', STATUSES),
    }),
  },
  liquidate: { members: ['symbol'], read: (reader) => ({ kind: 'liquidate', symbol: reader.text('symbol') }) },
  funding: {
    members: ['symbol', 'rate'],
    read: (reader) => ({ kind: 'funding', symbol: reader.text('symbol'), rate: reader.number('rate') }),
  },
};

function isKind(kind: unknown): kind is Fault['kind'] {
  return typeof kind === 'string' && Object.hasOwn(FORMS, kind);
}

function readScripted(entry: unknown, where: string): ScriptedFault {
  const kind = isRecord(entry) ? entry['kind'] : undefined;
  if (!isKind(kind)) throw scriptError(`${where}: "kind" must be one of ${Object.keys(FORMS).join(', ')}`);
  const { members, read } = FORMS[kind];
  const reader = new ScriptReader(entry, where, ['kind', 'afterMs', ...members]);
  return { afterMs: reader.amount('afterMs', 0), fault: read(reader) };
}

/**
 * Reads a fault script: one fault, a list of faults, or `{seed, rates, faults}`.
 * @param where names the script in messages
 * @throws AitraderError `USAGE` saying which entry is wrong and what is allowed
 */
export function readFaultScript(input: unknown, where: string): FaultScript {
  const list = Array.isArray(input) ? input : isRecord(input) && 'kind' in input ? [input] : null;
  const script = new ScriptReader(list === null ? input : { faults: list }, where, ['seed', 'rates', 'faults']);
  const rates = script.child('rates', RATES);
  const rate = (name: (typeof RATES)[number]): number => Math.min(1, rates.amount(name, 0));
  return {
    seed: script.number('seed', 1),
    rates: {
      ...{ drop: rate('drop'), delay: rate('delay'), double: rate('double'), reorder: rate('reorder') },
      ...{ errorBefore: rate('errorBefore'), errorAfter: rate('errorAfter'), loseAnswer: rate('loseAnswer') },
    },
    faults: script.list('faults', readScripted),
  };
}
