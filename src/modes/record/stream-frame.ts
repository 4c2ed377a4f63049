/** A message of a raw stream as a combined stream carries it. */
export interface FramedMessage {
  readonly stream: string;
  /** `{"stream":"btcusdt@aggTrade","data":{...}}`, without line ends. */
  readonly text: string;
  /** Id of the trades it stands for; null in other messages. */
  readonly tradeId: number | null;
  /** The venue's event time, milliseconds UTC; NaN where it gives none. */
  readonly eventTime: number;
}

type Fields = Readonly<Record<string, unknown>>;

/** Stream names by event type; what follows the symbol. */
const SUFFIXES: ReadonlyMap<unknown, string> = new Map([
  ['trade', '@trade'],
  ['aggTrade', '@aggTrade'],
  ['bookTicker', '@bookTicker'],
  ['24hrTicker', '@ticker'],
  ['markPriceUpdate', '@markPrice@1s'],
]);

/** The fields of a spot bookTicker, which names no event type. */
const QUOTE_FIELDS = ['u', 'b', 'B', 'a', 'A'];

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function suffixOf(message: Fields): string | null {
  const type = message['e'];
  if (type === undefined) return QUOTE_FIELDS.every((name) => name in message) ? '@bookTicker' : null;
  if (type === 'kline') {
    const interval = isFields(message['k']) ? message['k']['i'] : null;
    return typeof interval === 'string' ? `@kline_${interval}` : null;
  }
  return SUFFIXES.get(type) ?? null;
}

/**
 * Puts the frame of the combined stream around a message of a raw one.
 * @returns null for what belongs to no symbol's stream: answers to subscriptions, announcements, texts that are no JSON
 */
export function frameMessage(message: string): FramedMessage | null {
  let fields: unknown;
  try {
    fields = JSON.parse(message);
  } catch {
    return null;
  }
  if (!isFields(fields)) return null;
  const { s: symbol, E: eventTime } = fields;
  const suffix = suffixOf(fields);
  if (typeof symbol !== 'string' || suffix === null) return null;
  const stream = `${symbol.toLowerCase()}${suffix}`;
  const id = suffix === '@aggTrade' ? fields['a'] : suffix === '@trade' ? fields['t'] : null;
  // JSON may stand on several lines, a line of a tape may not.
  const data = /[\r\n]/.test(message) ? JSON.stringify(fields) : message;
  return {
    stream,
    text: `{"stream":${JSON.stringify(stream)},"data":${data}}`,
    tradeId: typeof id === 'number' ? id : null,
    eventTime: typeof eventTime === 'number' ? eventTime : NaN,
  };
}
