/**
 * The part of the catalogue of errors that says why something that was asked of the desk, from the command line or another
 * program, cannot be done. Read it through errors.ts.
 */
export const REQUEST_REFUSALS = {
  ARGUMENT_INVALID: { fault: 'user', message: '{name} is {given}: {problem}', hint: 'Allowed: {allowed}.' },
  NOT_FOUND: { fault: 'user', message: 'no {what} {given}', hint: '{remedy}' },
  AMBIGUOUS: { fault: 'user', message: '{given} may mean several {what}s', hint: 'One of: {candidates}.' },
  FILTER_REFUSED: {
    fault: 'user',
    message: 'the filter {filter} cannot be used: {problem}',
    hint: '{remedy}',
  },
  TRADERS_AT_LIMIT: {
    fault: 'user',
    message: '{given} traders run, and no more than {allowed} may at once',
    hint: 'Pause or remove one, or set MAX_ACTIVE_TRADERS higher.',
  },
  TRADER_NAME_TAKEN: {
    fault: 'user',
    message: 'a trader named {given} is there already',
    hint: 'Choose another name, or change that trader with `aitrader trader set`.',
  },
  SYMBOL_NOT_WATCHED: {
    fault: 'user',
    message: '{given} is not among the {count} symbols that are watched',
    hint: 'Nearest: {nearest}. SYMBOLS (or --symbols at the start) says which are watched.',
  },

  // The running process, as other processes see it
  NOT_RUNNING: {
    fault: 'user',
    message: 'no aitrader runs in {path}',
    hint: 'Start it with `aitrader`, or `aitrader --sim` for a simulated market. --data-dir names another folder.',
  },
  CONTROL_UNREACHABLE: {
    fault: 'system',
    message: 'the aitrader that runs in {path} does not answer: {problem}',
    hint: 'It may be starting or ending: try again in a moment. `aitrader logs` shows what it does.',
  },
  CONTROL_SOCKET_UNUSABLE: {
    fault: 'user',
    message: 'the control socket {path} cannot be used: {problem}',
    hint: '{remedy}',
  },
  CONTROL_REQUEST_REFUSED: { fault: 'user', message: 'the request is refused: {problem}', hint: '{remedy}' },

  // The API
  API_TOKEN_MISSING: {
    fault: 'user',
    message: 'the API would listen on {host}, where others reach it, without a token',
    hint: 'Set AITRADER_TOKEN to at least 16 characters (`openssl rand -hex 32` prints some), or HOST=127.0.0.1.',
  },
  API_TOKEN_REFUSED: {
    fault: 'user',
    message: 'AITRADER_TOKEN cannot be used: {problem}',
    hint: 'Take a password of your own with at least 16 characters, such as `openssl rand -hex 32` prints.',
  },
  API_ADDRESS_TAKEN: {
    fault: 'user',
    message: 'the API cannot listen on {address}: another program does, {owner}',
    hint: 'End that program, or take another port: PORT=8081, or PORT=0 for a free one.',
  },
  API_ADDRESS_UNUSABLE: {
    fault: 'user',
    message: 'the API cannot listen on {address}: {problem}',
    hint: 'HOST names an address of this machine (127.0.0.1 for this machine alone), PORT one above 1023.',
  },
  UNAUTHORIZED: {
    fault: 'user',
    message: 'this needs the token of the daemon: {problem}',
    hint: 'Send the header `Authorization: Bearer TOKEN` with the AITRADER_TOKEN that the daemon was started with.',
  },
  RATE_LIMITED: {
    fault: 'user',
    message: 'more than {allowed} {what} in a minute',
    hint: 'Wait {seconds} s. Closing, cancelling, killing and pausing are never limited.',
  },
  ROUTE_UNKNOWN: {
    fault: 'user',
    message: 'the API has no {method} {path}',
    hint: 'GET /openapi.json lists what it has.',
  },
  API_REQUEST_REFUSED: { fault: 'user', message: 'the request is refused: {problem}', hint: '{remedy}' },
  IDEMPOTENCY_KEY_REUSED: {
    fault: 'user',
    message: 'the Idempotency-Key {given} came with another command before',
    hint: 'Make a fresh key for every command; the same key repeats the same command alone.',
  },
  TOO_MANY_WEBSOCKETS: {
    fault: 'user',
    message: '{allowed} WebSockets are open already',
    hint: 'Close one first. One WebSocket carries every channel.',
  },
  CHANNEL_UNKNOWN: { fault: 'user', message: 'no channel {given}', hint: 'Channels: {allowed}.' },
  DAEMON_UNREACHABLE: {
    fault: 'system',
    message: 'the daemon at {url} does not answer: {problem}',
    hint: 'Look whether it runs (`aitrader status` on its machine), and at the address and the network between.',
  },
  DAEMON_REFUSED: { fault: 'user', message: '{code}: {problem}', hint: '{remedy}' },
  COMMAND_UNANSWERED: {
    fault: 'system',
    message: 'no answer came to the command, so that nobody knows here whether it was carried out: {problem}',
    hint: 'Look at what the daemon shows when it is reached again, and give the command again if need be.',
  },
} as const;
