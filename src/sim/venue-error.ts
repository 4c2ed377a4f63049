/**
 * The venue's refusals by name: HTTP status, code and text. `{name}` is replaced from the context.
 * https://developers.binance.com/docs/binance-spot-api-docs/errors
 * https://developers.binance.com/docs/derivatives/usds-margined-futures/error-code
 */
const REFUSALS = {
  UNKNOWN: { status: 500, code: -1000, msg: 'An unknown error occurred while processing the request.' },
  DISCONNECTED: { status: 500, code: -1001, msg: 'Internal error; unable to process your request. Please try again.' },
  UNAUTHORIZED: { status: 401, code: -1002, msg: 'You are not authorized to execute this request.' },
  TOO_MANY_REQUESTS: {
    status: 429,
    code: -1003,
    msg: 'Too much request weight used; current limit is {limit} request weight per 1 MINUTE. Please use WebSocket Streams for live updates to avoid polling the API.',
  },
  BANNED: {
    status: 418,
    code: -1003,
    msg: 'Way too much request weight used; IP banned until {until}. Please use WebSocket Streams for live updates to avoid bans.',
  },
  UNEXPECTED_RESP: {
    status: 503,
    code: -1006,
    msg: 'An unexpected response was received from the message bus. Execution status unknown.',
  },
  TIMEOUT: {
    status: 408,
    code: -1007,
    msg: 'Timeout waiting for response from backend server. Send status unknown; execution status unknown.',
  },
  SERVER_BUSY: {
    status: 503,
    code: -1008,
    msg: 'Request throttled by system-level protection. Reduce-only/close-position orders are exempt. Please try again.',
  },
  FILTER_FAILURE: { status: 400, code: -1013, msg: 'Filter failure: {filter}' },
  MARKET_CLOSED: { status: 400, code: -1013, msg: 'Market is closed.' },
  TOO_MANY_ORDERS: {
    status: 429,
    code: -1015,
    msg: 'Too many new orders; current limit is {limit} orders per {interval}.',
  },
  UNSUPPORTED_OPERATION: { status: 400, code: -1020, msg: 'This operation is not supported.' },
  INVALID_TIMESTAMP: { status: 400, code: -1021, msg: 'Timestamp for this request is outside of the recvWindow.' },
  TIMESTAMP_AHEAD: {
    status: 400,
    code: -1021,
    msg: "Timestamp for this request was 1000ms ahead of the server's time.",
  },
  INVALID_SIGNATURE: { status: 400, code: -1022, msg: 'Signature for this request is not valid.' },
  NOT_FOUND: { status: 404, code: -1000, msg: 'Path {path}, Method {method} is invalid' },
  ILLEGAL_CHARS: {
    status: 400,
    code: -1100,
    msg: "Illegal characters found in parameter '{parameter}'; legal range is '{range}'.",
  },
  PARAMETER_MISSING: {
    status: 400,
    code: -1102,
    msg: "Mandatory parameter '{parameter}' was not sent, was empty/null, or malformed.",
  },
  BAD_PRECISION: {
    status: 400,
    code: -1111,
    msg: "Parameter '{parameter}' has too much precision.",
  },
  PRECISION_OVER_MAX: {
    status: 400,
    code: -1111,
    msg: 'Precision is over the maximum defined for this asset.',
  },
  BAD_TIF: { status: 400, code: -1115, msg: 'Invalid timeInForce.' },
  BAD_ORDER_TYPE: { status: 400, code: -1116, msg: 'Invalid orderType.' },
  BAD_SIDE: { status: 400, code: -1117, msg: 'Invalid side.' },
  BAD_INTERVAL: { status: 400, code: -1120, msg: 'Invalid interval.' },
  BAD_SYMBOL: { status: 400, code: -1121, msg: 'Invalid symbol.' },
  BAD_LISTEN_KEY: { status: 400, code: -1125, msg: 'This listenKey does not exist.' },
  BAD_COMBINATION: { status: 400, code: -1128, msg: 'Combination of optional parameters invalid.' },
  BAD_PARAMETER: { status: 400, code: -1130, msg: "Data sent for parameter '{parameter}' is not valid." },
  NEW_ORDER_REJECTED: { status: 400, code: -2010, msg: '{reason}' },
  CANCEL_REJECTED: { status: 400, code: -2011, msg: 'Unknown order sent.' },
  NO_SUCH_ORDER: { status: 400, code: -2013, msg: 'Order does not exist.' },
  NO_SUCH_LIST: { status: 400, code: -2018, msg: 'Order list does not exist.' },
  BAD_KEY_FORMAT: { status: 401, code: -2014, msg: 'API-key format invalid.' },
  REJECTED_KEY: { status: 401, code: -2015, msg: 'Invalid API-key, IP, or permissions for action.' },
  MARGIN_INSUFFICIENT: { status: 400, code: -2019, msg: 'Margin is insufficient.' },
  WOULD_TRIGGER: { status: 400, code: -2021, msg: 'Order would immediately trigger.' },
  REDUCE_ONLY_REJECTED: { status: 400, code: -2022, msg: 'ReduceOnly Order is rejected.' },
  MAX_OPEN_ORDERS: { status: 400, code: -2025, msg: 'Reach max open order limit.' },
  MAX_LEVERAGE: {
    status: 400,
    code: -2027,
    msg: 'Exceeded the maximum allowable position at current leverage.',
  },
  PRICE_TOO_LOW: { status: 400, code: -4013, msg: 'Price less than min price.' },
  PRICE_OFF_TICK: { status: 400, code: -4014, msg: 'Price not increased by tick size.' },
  PRICE_ABOVE_CAP: { status: 400, code: -4016, msg: "Limit price can't be higher than {limit}." },
  PRICE_BELOW_FLOOR: { status: 400, code: -4024, msg: "Limit price can't be lower than {limit}." },
  QUANTITY_ZERO: { status: 400, code: -4003, msg: 'Quantity less than or equal to zero.' },
  QUANTITY_TOO_SMALL: { status: 400, code: -4004, msg: 'Quantity less than min quantity.' },
  QUANTITY_TOO_LARGE: { status: 400, code: -4005, msg: 'Quantity greater than max quantity.' },
  QUANTITY_OFF_STEP: { status: 400, code: -4023, msg: 'Quantity not increased by step size.' },
  MAX_STOP_ORDERS: { status: 400, code: -4045, msg: 'Reach max stop order limit.' },
  ISOLATED_INSUFFICIENT: { status: 400, code: -4051, msg: 'Isolated balance insufficient.' },
  CLOSE_POSITION_EXISTS: {
    status: 400,
    code: -4130,
    msg: 'An open stop or take profit order with GTE and closePosition in the direction is existing.',
  },
  BAD_LEVERAGE: { status: 400, code: -4028, msg: 'Leverage {leverage} is not valid' },
  LEVERAGE_LOCKED: {
    status: 400,
    code: -4161,
    msg: 'Leverage reduction is not supported in Isolated Margin Mode with open positions.',
  },
  NO_MARGIN_CHANGE: { status: 400, code: -4046, msg: 'No need to change margin type.' },
  MARGIN_CHANGE_WITH_ORDERS: {
    status: 400,
    code: -4047,
    msg: 'Margin type cannot be changed if there exists open orders.',
  },
  MARGIN_CHANGE_WITH_POSITION: {
    status: 400,
    code: -4048,
    msg: 'Margin type cannot be changed if there exists position.',
  },
  NO_SIDE_CHANGE: { status: 400, code: -4059, msg: 'No need to change position side.' },
  BAD_POSITION_SIDE: {
    status: 400,
    code: -4061,
    msg: "Order's position side does not match user's setting.",
  },
  SIDE_CHANGE_WITH_ORDERS: {
    status: 400,
    code: -4067,
    msg: 'Position side cannot be changed if there exists open orders.',
  },
  SIDE_CHANGE_WITH_POSITION: {
    status: 400,
    code: -4068,
    msg: 'Position side cannot be changed if there exists position.',
  },
  DUPLICATE_CLIENT_ID: { status: 400, code: -4116, msg: 'ClientOrderId is duplicated.' },
  USE_ALGO_ENDPOINT: {
    status: 400,
    code: -4120,
    msg: 'Order type not supported for this endpoint. Please use the Algo Order API endpoints instead.',
  },
  SYMBOL_NOT_TRADING: {
    status: 400,
    code: -4108,
    msg: 'Symbol is on delivering or delivered or settling or closed or pre-trading.',
  },
  INVALID_PRICE_BY_MARKET: {
    status: 400,
    code: -4131,
    msg: "The counterparty's best price does not meet the PERCENT_PRICE filter limit.",
  },
  MIN_NOTIONAL: {
    status: 400,
    code: -4164,
    msg: "Order's notional must be no smaller than {notional} (unless you choose reduce only).",
  },
  FOK_REJECTED: {
    status: 400,
    code: -5021,
    msg: 'Due to the order could not be filled immediately, the FOK order has been rejected. The order will not be recorded in the order history',
  },
  POST_ONLY_REJECTED: {
    status: 400,
    code: -5022,
    msg: 'Due to the order could not be executed as maker, the Post Only order will be rejected. The order will not be recorded in the order history',
  },
  NOTHING_TO_MODIFY: { status: 400, code: -5027, msg: 'No need to modify the order.' },
} as const satisfies Record<string, { status: number; code: number; msg: string }>;

export type RefusalName = keyof typeof REFUSALS;

type Context = Readonly<Record<string, string | number>>;

/** A refusal as the venue gives it: an HTTP status and a body `{code, msg}`. */
export class VenueError extends Error {
  readonly status: number;
  readonly code: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Fields that some answers carry beside code and msg, such as the parts of a failed cancelReplace. */
  readonly data: Readonly<Record<string, unknown>> | null;

  constructor(
    answer: { readonly status: number; readonly code: number; readonly msg: string },
    extra: {
      readonly headers?: Readonly<Record<string, string>>;
      readonly data?: Readonly<Record<string, unknown>>;
    } = {},
  ) {
    super(answer.msg);
    this.name = 'VenueError';
    this.status = answer.status;
    this.code = answer.code;
    this.headers = extra.headers ?? {};
    this.data = extra.data ?? null;
  }

  /** The JSON body of the answer. */
  body(): Readonly<Record<string, unknown>> {
    const body = { code: this.code, msg: this.message };
    return this.data === null ? body : { ...body, data: this.data };
  }
}

/** The named refusal with its placeholders filled, to be thrown. */
export function refuse(
  name: RefusalName,
  context: Context = {},
  extra: {
    readonly headers?: Readonly<Record<string, string>>;
    readonly data?: Readonly<Record<string, unknown>>;
  } = {},
): VenueError {
  const { status, code, msg } = REFUSALS[name];
  const text = msg.replace(/\{(\w+)\}/g, (placeholder, key: string) => String(context[key] ?? placeholder));
  return new VenueError({ status, code, msg: text }, extra);
}

/** True for the name of a refusal, such as a fault script may give. */
export function isRefusalName(name: string): name is RefusalName {
  return Object.hasOwn(REFUSALS, name);
}
